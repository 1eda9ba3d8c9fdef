package dev.pigou.kvcache;

/**
 * Ages in bins that grow by a constant factor: reuse is a matter of seconds or of hours. The last bin has no end.
 */
final class AgeBins {
    static final int BINS = 32;
    /** The width of a bin in relation to the one before, from the third on: two bins to an octave. */
    static final double GROWTH = Math.sqrt(2);

    private static final double FIRST_SECONDS = 1;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] FROM_SECONDS = new double[BINS];
    private static final long[] TO_NANOS = new long[BINS];

    static {
        for (int bin = 1; bin < BINS; bin++) {
            FROM_SECONDS[bin] = FIRST_SECONDS * Math.pow(GROWTH, bin - 1);
            TO_NANOS[bin - 1] = (long) (FROM_SECONDS[bin] * NANOS_PER_SECOND);
        }
        TO_NANOS[BINS - 1] = Long.MAX_VALUE;
    }

    private AgeBins() {}

    static double fromSeconds(int bin) { return FROM_SECONDS[bin]; }

    /** Of the last bin as if it were not the last. */
    static double widthSeconds(int bin) {
        return bin < BINS - 1 ? FROM_SECONDS[bin + 1] - FROM_SECONDS[bin] : FROM_SECONDS[bin] * (GROWTH - 1);
    }

    /** The age at which a block leaves the bin. */
    static long toNanos(int bin) { return TO_NANOS[bin]; }
}
