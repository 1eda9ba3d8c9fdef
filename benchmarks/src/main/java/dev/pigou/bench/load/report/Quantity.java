package dev.pigou.bench.load.report;

import java.util.Locale;

/** Numbers as reports write them: some four digits, no more than a measurement bears. */
public final class Quantity {
    private static final double MOST_WHOLE = 1e15;

    private Quantity() {}

    /** A dash stands for a figure that there is none of. */
    public static String of(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (Double.isInfinite(value) || size >= MOST_WHOLE) {
            return Double.toString(value);
        }
        int decimals = value == Math.rint(value) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    public static String ratio(double ratio) {
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f×", ratio) : "-";
    }
}
