package dev.pigou.bench.sim.demand;

import dev.pigou.scheduler.Bid;

/**
 * One request of a simulated run.
 *
 * @param id its place in the demand, from 0
 * @param bid whose it is, and what an answer is worth to its sender
 * @param arrivalNanos since the run began
 * @param outputTokens length of the answer, at least 1; nobody knows it beforehand but a clairvoyant
 * @param maxTokens what its sender asked for, at least {@code outputTokens}
 */
public record Request(int id, Bid bid, long arrivalNanos, Prompt prompt, int outputTokens, int maxTokens) {
    public int promptTokens() { return prompt.length(); }

    /** When its sender goes away if the answer has not begun. */
    public long patienceEndsNanos() {
        return bid.worthlessNanos(arrivalNanos);
    }
}
