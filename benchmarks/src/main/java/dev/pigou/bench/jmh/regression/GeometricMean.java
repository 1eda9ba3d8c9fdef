package dev.pigou.bench.jmh.regression;

/** The mean of ratios: it makes twice and half cancel. */
final class GeometricMean {
    private GeometricMean() {}

    static double of(double... ratios) {
        double logs = 0;
        for (double ratio : ratios) {
            logs += Math.log(ratio);
        }
        return Math.exp(logs / ratios.length);
    }
}
