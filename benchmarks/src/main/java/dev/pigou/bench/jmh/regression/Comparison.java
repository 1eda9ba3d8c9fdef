package dev.pigou.bench.jmh.regression;

/**
 * One benchmark against the baseline.
 *
 * @param slowdown factor on the baseline's time, over all forks
 * @param fastest the same, of the fastest forks
 * @param allocatesMore than the baseline allows, in each fork
 */
public record Comparison(Expected before, Measured now, Interval slowdown, double fastest, Speed speed,
        boolean allocatesMore) {
    /**
     * What the forks say. In some of them a benchmark runs a third slower, by luck of the compiler or by a neighbour;
     * how many these are changes from sitting to sitting. Slower code slows the fastest fork too, luck seldom all.
     */
    public enum Speed {
        /** Each fork is beyond the tolerance, and all of the interval is above 1. */
        SLOWER,
        /** Either each fork, but not all of the interval, or else all of the interval, but not each fork. */
        PERHAPS_SLOWER, UNCHANGED,
        /** All of the interval is below what the tolerance would excuse the other way round. */
        FASTER
    }

    static Comparison of(Expected before, Measured now, Tolerance tolerance) {
        Interval slowdown = Slowdown.of(before, now);
        double fastest = now.fastest() / before.fastest();
        return new Comparison(before, now, slowdown, fastest, speed(slowdown, fastest, tolerance),
                tolerance.isMore(now.fewestBytes(), before.bytes()));
    }

    private static Speed speed(Interval slowdown, double fastest, Tolerance tolerance) {
        if (fastest > tolerance.slowest()) {
            return slowdown.low() > 1 ? Speed.SLOWER : Speed.PERHAPS_SLOWER;
        }
        if (slowdown.low() > tolerance.slowest()) {
            return Speed.PERHAPS_SLOWER;
        }
        return slowdown.high() < tolerance.fastest() ? Speed.FASTER : Speed.UNCHANGED;
    }

    public String benchmark() { return now.benchmark(); }

    /** No fork speaks for it yet; one that does ends the matter. */
    boolean isSuspect(Tolerance tolerance, boolean timeDecides) {
        return allocatesMore || (timeDecides && fastest > tolerance.slowest());
    }

    public boolean isRegression(boolean timeDecides) {
        return allocatesMore || (timeDecides && speed == Speed.SLOWER);
    }
}
