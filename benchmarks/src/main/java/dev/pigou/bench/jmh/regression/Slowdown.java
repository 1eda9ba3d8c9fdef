package dev.pigou.bench.jmh.regression;

import java.util.List;
import java.util.SplittableRandom;

/**
 * By which factor a benchmark became slower, with a percentile bootstrap interval. Noise comes in two layers, and the
 * bootstrap draws in both: forks differ for as long as they live (memory layout, what the compiler happened to do),
 * and iterations within a fork differ (interrupts, neighbours). A median over the iterations leaves
 * spikes without a say. Over the few forks it is a geometric mean: in simulations with the noise we see, a median there
 * misses twice as many slowdowns of a fifth, and raises no fewer alarms.
 */
public final class Slowdown {
    static final double CONFIDENCE = 0.95;

    private static final int RESAMPLES = 400;
    private static final long SEED = 25;

    private Slowdown() {}

    /** Below 1 for code that became faster. Equal arguments give equal intervals. */
    public static Interval of(Expected before, Measured now) {
        var random = new SplittableRandom(SEED);
        double[] baseline = before.ratios();
        double[] resampled = new double[RESAMPLES];
        double[] drawnBefore = new double[baseline.length];
        double[] drawnNow = new double[now.forks().size()];
        for (int i = 0; i < RESAMPLES; i++) {
            draw(now.forks(), drawnNow, random);
            draw(baseline, drawnBefore, random);
            resampled[i] = widened(now.ratio(), GeometricMean.of(drawnNow), drawnNow.length)
                    / widened(before.ratio(), GeometricMean.of(drawnBefore), drawnBefore.length);
        }
        Median.sorting(resampled);
        double tail = (1 - CONFIDENCE) / 2;
        return new Interval(resampled[(int) Math.floor(tail * (RESAMPLES - 1))], now.ratio() / before.ratio(),
                resampled[(int) Math.ceil((1 - tail) * (RESAMPLES - 1))]);
    }

    /** Drawing from few values underestimates their spread by a known factor, which is put back in. */
    private static double widened(double mean, double resampledMean, int values) {
        double factor = Math.sqrt(values / Math.max(1, values - 1.0));
        return mean * Math.pow(resampledMean / mean, factor);
    }

    private static void draw(List<Fork> forks, double[] drawn, SplittableRandom random) {
        for (int i = 0; i < drawn.length; i++) {
            double[] ratios = forks.get(random.nextInt(forks.size())).ratios();
            double[] iterations = new double[ratios.length];
            draw(ratios, iterations, random);
            drawn[i] = Median.sorting(iterations);
        }
    }

    private static void draw(double[] values, double[] drawn, SplittableRandom random) {
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = values[random.nextInt(values.length)];
        }
    }
}
