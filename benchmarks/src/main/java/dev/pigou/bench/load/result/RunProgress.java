package dev.pigou.bench.load.result;

/**
 * A run so far.
 *
 * @param planned requests of the whole workload
 * @param done ended, failed ones among them
 * @param inFlight sent and not ended
 * @param tokensPerSecond of output, over the last few seconds
 * @param ttftP99Nanos of all that have had a first token; 0 if none has
 */
public record RunProgress(long elapsedNanos, int planned, int done, int failed, int inFlight,
        double tokensPerSecond, long ttftP99Nanos) {}
