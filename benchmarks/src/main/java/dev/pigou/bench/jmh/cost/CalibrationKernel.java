package dev.pigou.bench.jmh.cost;

import java.util.SplittableRandom;

/**
 * A fixed piece of work to compare others with: integer arithmetic, each step of which waits for a load from a table
 * that fits a core's first-level cache. About a millisecond; always the same; allocates nothing once made. A table of
 * 256 KiB was tried: what pages the process happened to get made its time differ by 35 % from fork to fork, while the
 * benchmarks beside it differed by 2 %.
 *
 * <p>What it computes must never change: every ratio in the baseline is to its time.
 */
final class CalibrationKernel {
    private static final int TABLE_WORDS = 1 << 12; // 16 KiB
    private static final int STEPS = 250_000;
    private static final int MULTIPLIER = 0x9E3779B1;

    private final int[] table = new SplittableRandom(25).ints(TABLE_WORDS).toArray();

    /** Does the work and returns a number that depends on each step, so that none can be left out. */
    int run() {
        int x = 1;
        for (int i = 0; i < STEPS; i++) {
            x = (x ^ table[x >>> 20]) * MULTIPLIER + i;
            x ^= x >>> 15;
        }
        return x;
    }
}
