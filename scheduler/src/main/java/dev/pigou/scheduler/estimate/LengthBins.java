package dev.pigou.scheduler.estimate;

/**
 * Lengths from 0 to {@link #LONGEST} in bins [from, to): of one token each up to {@link #EXACT}, and from there on
 * in {@link #PER_OCTAVE} equal parts of each doubling, so that a bin is never wider than 1/32 of its lengths.
 */
final class LengthBins {
    /** Lengths above count as this. */
    static final int LONGEST = (1 << 17) - 1;
    private static final int PER_OCTAVE_BITS = 5;
    private static final int PER_OCTAVE = 1 << PER_OCTAVE_BITS;
    private static final int EXACT_BITS = PER_OCTAVE_BITS + 1;
    private static final int EXACT = 1 << EXACT_BITS;
    static final int COUNT = EXACT + (17 - EXACT_BITS) * PER_OCTAVE;

    private static final int[] FROM = firsts();

    private LengthBins() {}

    private static int[] firsts() {
        int[] firsts = new int[COUNT + 1];
        for (int bin = 0; bin <= COUNT; bin++) {
            int octave = EXACT_BITS + (bin - EXACT) / PER_OCTAVE;
            int part = PER_OCTAVE + (bin - EXACT) % PER_OCTAVE;
            firsts[bin] = bin < EXACT ? bin : part << (octave - PER_OCTAVE_BITS);
        }
        return firsts;
    }

    /** The bin of a length in [0, LONGEST]. */
    static int of(int length) {
        if (length < EXACT) {
            return length;
        }
        int octave = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(length);
        int part = (length >> (octave - PER_OCTAVE_BITS)) & (PER_OCTAVE - 1);
        return EXACT + (octave - EXACT_BITS) * PER_OCTAVE + part;
    }

    /** First length of a bin in [0, COUNT]; that of COUNT is one more than the longest of all. */
    static int from(int bin) {
        return FROM[bin];
    }
}
