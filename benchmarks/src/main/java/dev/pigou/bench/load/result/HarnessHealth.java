package dev.pigou.bench.load.result;

/**
 * Whether the harness itself kept up, for only then do the figures speak of the server.
 *
 * @param busiestLoopShare of the run's time that the busiest of the harness's threads spent computing, in [0, 1]
 * @param lateSends requests sent more than {@value #LATE_MILLIS} ms after they were due, for no reason but the harness
 * @param lateP99Nanos 99th percentile of the lateness of sends
 * @param lateMaxNanos and the worst of it
 */
public record HarnessHealth(double busiestLoopShare, int lateSends, long lateP99Nanos, long lateMaxNanos) {
    public static final int LATE_MILLIS = 10;
    private static final double MOST_BUSY = 0.85;

    /** True if the harness rather than the server may have set the figures. */
    public boolean bottleneck() {
        return busiestLoopShare > MOST_BUSY || lateP99Nanos > LATE_MILLIS * 1_000_000L;
    }
}
