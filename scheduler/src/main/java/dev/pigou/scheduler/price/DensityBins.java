package dev.pigou.scheduler.price;

/** Bins for densities, in credits a block-second, that grow by a quarter from one to the next over 24 orders of magnitude. */
final class DensityBins {
    static final int COUNT = 256;

    private static final double LOWEST = 1e-12;
    private static final double RATIO = 1.25;
    private static final double[] FROM = firsts();
    private static final double[] MIDDLE = middles();
    private static final int FIRST_EXPONENT = Math.getExponent(LOWEST);
    /** The bin of each power of two: at most four bins begin before the next. */
    private static final int[] BIN_OF_EXPONENT = binsOfExponents();

    private DensityBins() {}

    private static double[] firsts() {
        double[] firsts = new double[COUNT];
        for (int bin = 1; bin < COUNT; bin++) {
            firsts[bin] = LOWEST * Math.pow(RATIO, bin);
        }
        return firsts;
    }

    private static double[] middles() {
        double[] middles = new double[COUNT];
        for (int bin = 0; bin < COUNT; bin++) {
            middles[bin] = within(bin, 0.5);
        }
        return middles;
    }

    private static int[] binsOfExponents() {
        int[] bins = new int[Math.getExponent(FROM[COUNT - 1]) - FIRST_EXPONENT + 1];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = search(Math.scalb(1.0, FIRST_EXPONENT + i), 0);
        }
        return bins;
    }

    private static int search(double density, int from) {
        int bin = from;
        while (bin + 1 < COUNT && density >= FROM[bin + 1]) {
            bin++;
        }
        return bin;
    }

    /** The bin of a density, in [0, COUNT); called for all that waits at each auction, so it takes no logarithm. */
    static int of(double density) {
        if (!(density > LOWEST)) {
            return 0;
        }
        int exponent = Math.getExponent(density) - FIRST_EXPONENT;
        return exponent < BIN_OF_EXPONENT.length ? search(density, BIN_OF_EXPONENT[exponent]) : COUNT - 1;
    }

    /** The geometric mean of a bin's densities. */
    static double middle(int bin) { return MIDDLE[bin]; }

    /** A density within a bin: its least for a part of 0, that of the next bin for 1, and in between in geometric proportion. */
    static double within(int bin, double part) {
        return LOWEST * Math.pow(RATIO, bin + part);
    }
}
