package dev.pigou.bench.trace;

/**
 * One request of a trace.
 *
 * @param arrivalSeconds since the trace began, at least 0
 * @param tenant who sent it; empty if the trace does not say
 * @param inputTokens length of the prompt, at least 1
 * @param outputTokens length of the answer, at least 1
 * @param blockHashes one for each block of {@link Trace#blockTokens} prompt tokens: equal hashes, equal prefixes up to
 *     there; empty if the trace does not say. Callers must not write to it.
 */
@SuppressWarnings("ArrayRecordComponent") // traces are long, and nobody compares two rows
public record TraceRow(double arrivalSeconds, String tenant, int inputTokens, int outputTokens,
        int[] blockHashes) {

    /** This row at another time. */
    TraceRow at(double seconds) {
        return new TraceRow(seconds, tenant, inputTokens, outputTokens, blockHashes);
    }
}
