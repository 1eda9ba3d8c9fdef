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
    private static final double MOST_LATE = 0.01;
    /** Of calling a harness late that is so once in a hundred sends. */
    private static final double CHANCE_OF_FALSE_ALARM = 0.01;

    /**
     * True if the harness rather than the server may have set the figures.
     *
     * @param sends requests sent in the run, late or not
     */
    public boolean bottleneck(int sends) {
        return busiestLoopShare > MOST_BUSY || isLateBeyondChance(sends);
    }

    /**
     * One late send of thirty can be bad luck, four cannot. Hoeffding (1963, theorem 1): with a probability {@code p}
     * each, the chance that a share {@code s > p} or more of {@code n} are late is at most
     * {@code exp(-n (s ln(s / p) + (1 - s) ln((1 - s) / (1 - p))))}.
     */
    private boolean isLateBeyondChance(int sends) {
        double share = (double) lateSends / Math.max(sends, 1);
        if (share <= MOST_LATE) {
            return false;
        }
        double divergence = share * Math.log(share / MOST_LATE)
                + (share < 1 ? (1 - share) * Math.log((1 - share) / (1 - MOST_LATE)) : 0);
        // 1e-9: one of one is exactly the chance, and rounding shall not decide.
        return Math.exp(-sends * divergence) < CHANCE_OF_FALSE_ALARM - 1e-9;
    }
}
