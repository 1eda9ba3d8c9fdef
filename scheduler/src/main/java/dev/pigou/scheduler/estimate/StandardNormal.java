package dev.pigou.scheduler.estimate;

/** The normal distribution with mean 0 and variance 1. */
final class StandardNormal {
    private static final double DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);
    /** Above, the continued fraction converges quickly; below, the series does. */
    private static final double TAIL = 3;
    private static final int FRACTION_TERMS = 60;
    private static final double NEGLIGIBLE = 1e-17;
    private static final int NEWTON_STEPS = 3;

    private StandardNormal() {}

    static double density(double x) { return DENSITY_AT_0 * Math.exp(-x * x / 2); }

    /** P(X > x), to a relative error of about 1e-13 for x below 37, where it is hardly above 0. */
    static double above(double x) {
        if (x > TAIL) {
            return tail(x);
        }
        if (x < -TAIL) {
            return 1 - tail(-x);
        }
        // P(X <= x) - 1/2 = density(x) (x + x^3/3 + x^5/(3 5) + ...): Marsaglia, J. Stat. Software 11(4), 2004
        double term = x;
        double sum = x;
        for (int i = 3; Math.abs(term) > NEGLIGIBLE; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 - density(x) * sum;
    }

    /** Laplace's continued fraction, density / (x + 1/(x + 2/(x + 3/...))). */
    private static double tail(double x) {
        double fraction = x;
        for (int i = FRACTION_TERMS; i > 0; i--) {
            fraction = x + i / fraction;
        }
        return density(x) / fraction;
    }

    /** The x with P(X <= x) = p, for p in (0, 1). */
    static double quantile(double p) {
        if (p > 0.5) {
            return -quantile(1 - p);
        }
        // Start from formula 26.2.23 of Abramowitz and Stegun, within 4.5e-4; Newton's steps on log P mend the rest.
        double t = Math.sqrt(-2 * Math.log(p));
        double x = t - (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        for (int i = 0; i < NEWTON_STEPS; i++) {
            double above = above(x);
            x += above / density(x) * Math.log(above / p);
        }
        return -x;
    }
}
