package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Request;

/**
 * What became of one request.
 *
 * @param firstTokenNanos when its answer began; meaningful if {@code fate} is COMPLETED
 * @param endNanos when it ended
 * @param credits what the answer was worth, delay to its first token and after each preemption counted; 0 unless
 *     COMPLETED
 * @param cachedTokens prompt tokens found in the cache when it first started
 * @param bill what it was forecast to cost, and did
 */
public record Outcome(Request request, Fate fate, long firstTokenNanos, long endNanos, double credits,
        int cachedTokens, int preemptions, Bill bill) {
    public double ttftSeconds() { return (firstTokenNanos - request.arrivalNanos()) / 1e9; }

    /** Seconds between one token and the next; only of answers of at least two. */
    public double tpotSeconds() {
        return (endNanos - firstTokenNanos) / 1e9 / (request.outputTokens() - 1);
    }
}
