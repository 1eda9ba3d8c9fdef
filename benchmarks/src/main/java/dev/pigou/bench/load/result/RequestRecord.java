package dev.pigou.bench.load.result;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One request and what came of it. Times are nanoseconds since the run began.
 *
 * <p>Latencies count from {@code intendedNanos}, when the request was due, not from when it was sent: a harness that was
 * held up must not hide the delay that a client would have seen ("coordinated omission").
 *
 * @param session the session's index in the workload
 * @param turn the turn in it, from 0
 * @param intendedNanos when it was due
 * @param sentNanos when its bytes were handed to the socket
 * @param firstTokenNanos when the first text came, or -1 if none did
 * @param endNanos when the answer ended, or failed
 * @param gapsNanos between consecutive chunks with text; callers must not write to it
 * @param promptTokens as the server's usage says, or as was meant if it says nothing
 * @param outputTokens as the server's usage says, or the chunks with text
 * @param cachedTokens prompt tokens that the server found in its cache, as its usage says
 * @param finishReason the server's, or empty
 * @param charge credits, where the server reports them ({@code usage.pigou.charge})
 * @param welfare credits: realised value less all costs, where the server reports it ({@code usage.pigou.welfare})
 * @param retryAfterSeconds of a refusal
 * @param disconnected the client left on purpose; neither completed nor failed
 */
@SuppressWarnings("ArrayRecordComponent") // long, and nobody compares two of them
public record RequestRecord(int session, int turn, String tenant, long intendedNanos, long sentNanos,
        long firstTokenNanos, long endNanos, long[] gapsNanos, int promptTokens, int outputTokens,
        int cachedTokens, String finishReason, OptionalDouble charge, OptionalDouble welfare,
        OptionalDouble retryAfterSeconds, boolean disconnected, Optional<Failure> failure) {

    public boolean completed() { return failure.isEmpty() && !disconnected; }

    /** Time to first token, nanoseconds from when it was due. Only of requests that have one. */
    public long ttftNanos() {
        return firstTokenNanos - intendedNanos;
    }

    /** End to end, nanoseconds from when it was due. */
    public long e2eNanos() {
        return endNanos - intendedNanos;
    }

    /** Time per output token after the first, nanoseconds; 0 if there was at most one. */
    public double tpotNanos() {
        return outputTokens > 1 ? (double) (endNanos - firstTokenNanos) / (outputTokens - 1) : 0;
    }

    /** How long after it was due it was sent. */
    public long lateNanos() { return sentNanos - intendedNanos; }
}
