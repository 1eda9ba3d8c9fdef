package dev.pigou.bench.sim.report;

import java.util.Arrays;

/**
 * The mean of independent runs and how far off it may be.
 *
 * @param halfWidth of the 95 % confidence interval by Student's t; NaN for a single run
 */
public record Interval(double mean, double halfWidth) {
    /** Quantiles at 97.5 % of Student's t with 1, 2, ... degrees of freedom. */
    private static final double[] T = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
            2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
            2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    private static final double NORMAL = 1.960;

    public static Interval of(double... values) {
        int n = values.length;
        double mean = Arrays.stream(values).sum() / n;
        if (n < 2) {
            return new Interval(mean, Double.NaN);
        }
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        double t = n - 2 < T.length ? T[n - 2] : NORMAL;
        return new Interval(mean, t * Math.sqrt(squares / (n - 1) / n));
    }
}
