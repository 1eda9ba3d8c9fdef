package dev.pigou.bench.load.report.compare;

/**
 * One measure of two servers.
 *
 * @param a the first server's value, over all of its runs; NaN if it has none
 * @param b the second's
 * @param low of the 95 % confidence interval of b / a
 * @param high of the same
 * @param pValue how likely so great a difference would be if there were none
 */
record Finding(Measure measure, double a, double b, double low, double high, double pValue, Verdict verdict) {
    /** About one measure. */
    enum Verdict {
        BETTER("better"), WORSE("worse"), NOT_SHOWN("no difference shown"), TOO_FEW("too few requests");

        private final String words;

        Verdict(String words) { this.words = words; }

        String words() { return words; }
    }

    double ratio() { return b / a; }

    /** By how many per cent b is worse than a; negative if it is better. */
    double percentWorse() {
        return 100 * (measure.higherIsBetter() ? a / b - 1 : b / a - 1);
    }

    Finding with(Verdict other) { return new Finding(measure, a, b, low, high, pValue, other); }
}
