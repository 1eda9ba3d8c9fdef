package dev.pigou.bench.jmh.regression;

/**
 * One benchmark against the baseline.
 *
 * @param slowdown factor on the baseline's time
 * @param allocatesMore than the baseline allows, in each fork
 */
public record Comparison(Expected before, Measured now, Interval slowdown, Speed speed,
        boolean allocatesMore) {
    /** What the interval says. */
    public enum Speed {
        /** All of the interval is beyond the tolerance. */
        SLOWER,
        /** The estimate is beyond the tolerance, but the interval is not. */
        PERHAPS_SLOWER, UNCHANGED,
        /** All of the interval is below what the tolerance would excuse the other way round. */
        FASTER
    }

    static Comparison of(Expected before, Measured now, Tolerance tolerance) {
        Interval slowdown = Slowdown.of(before, now);
        return new Comparison(before, now, slowdown, speed(slowdown, tolerance),
                tolerance.isMore(now.fewestBytes(), before.bytes()));
    }

    private static Speed speed(Interval slowdown, Tolerance tolerance) {
        if (slowdown.low() > tolerance.slowest()) {
            return Speed.SLOWER;
        }
        if (slowdown.estimate() > tolerance.slowest()) {
            return Speed.PERHAPS_SLOWER;
        }
        return slowdown.high() < tolerance.fastest() ? Speed.FASTER : Speed.UNCHANGED;
    }

    public String benchmark() { return now.benchmark(); }

    /** Worth another look before anybody is blamed. */
    boolean isSuspect(boolean timeDecides) {
        return allocatesMore || (timeDecides && (speed == Speed.SLOWER || speed == Speed.PERHAPS_SLOWER));
    }

    public boolean isRegression(boolean timeDecides) {
        return allocatesMore || (timeDecides && speed == Speed.SLOWER);
    }
}
