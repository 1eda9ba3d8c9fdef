package dev.pigou.bench.load;

import java.util.OptionalInt;

/**
 * How a workload is run.
 *
 * @param maxConcurrency most requests under way at once. Further ones wait, and their latency counts from when they were
 *     due all the same
 * @param warmups requests before the run that are not counted: the workload's first one, again and again
 * @param eventLoops threads that send and read
 */
public record RunOptions(OptionalInt maxConcurrency, int warmups, int eventLoops) {
    public static final int DEFAULT_WARMUPS = 1;
    public static final int DEFAULT_EVENT_LOOPS = 1;
    public static final RunOptions DEFAULTS = new RunOptions(OptionalInt.empty(), DEFAULT_WARMUPS,
            DEFAULT_EVENT_LOOPS);

    public RunOptions {
        maxConcurrency.ifPresent(most -> require(most >= 1, "--max-concurrency", most, "at least 1"));
        require(warmups >= 0, "--warmup", warmups, "at least 0");
        require(eventLoops >= 1 && eventLoops <= 256, "--event-loops", eventLoops, "from 1 to 256");
    }

    private static void require(boolean holds, String flag, int value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(flag + " must be " + range + ", but is " + value);
        }
    }
}
