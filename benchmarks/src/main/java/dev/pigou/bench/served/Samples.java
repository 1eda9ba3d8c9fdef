package dev.pigou.bench.served;

import java.util.Arrays;
import java.util.Locale;

/** Figures of repeated measurements. */
final class Samples {
    private final double[] sorted;

    Samples(double... values) {
        sorted = values.clone();
        Arrays.sort(sorted);
    }

    /** By linear interpolation between neighbours, as numpy's; NaN if there are no figures. */
    double quantile(double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double rank = share * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }

    double median() { return quantile(0.5); }

    double least() { return quantile(0); }

    double most() { return quantile(1); }

    double mean() { return Arrays.stream(sorted).average().orElse(Double.NaN); }

    /** Median, and least to most in brackets; a dash if there are no figures. */
    String text(int digits) {
        return sorted.length < 2
                ? text(median(), digits)
                : text(median(), digits) + " (" + text(least(), digits) + "–" + text(most(), digits) + ")";
    }

    String meanText(int digits) { return text(mean(), digits); }

    private static String text(double value, int digits) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
