package dev.pigou.bench.load.report;

/** A run cut into equal steps of time. */
final class TimeSteps {
    private TimeSteps() {}

    static int count(long stepNanos, long durationNanos) {
        return Math.toIntExact(Math.max(0, durationNanos) / stepNanos + 1);
    }

    /** What lies outside of the run counts to its nearest step. */
    static int index(long nanos, long stepNanos, int count) {
        return (int) Math.clamp(nanos / stepNanos, 0, count - 1L);
    }
}
