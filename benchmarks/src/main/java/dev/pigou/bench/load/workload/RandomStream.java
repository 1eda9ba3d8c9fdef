package dev.pigou.bench.load.workload;

import java.util.SplittableRandom;

/**
 * What chance decides. Each has streams of its own, so that a change of one flag leaves everything else as it was: at
 * another rate the same tenants send the same prompts. Numbers stay as they are, or seeds would mean other workloads.
 */
enum RandomStream {
    ARRIVALS(1), TENANTS(2), LENGTHS(3), CLIENTS(4), THINKING(5), PREFIX_CHOICE(6), PREFIX(7), PROMPT(
            8), BLOCK(9);

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final int number;

    RandomStream(int number) { this.number = number; }

    /** The stream of the index-th session, prefix, block, ... in the workload of this seed. */
    SplittableRandom random(long seed, long index) {
        return new SplittableRandom(key(seed, index));
    }

    /** A seed for that stream, unlike all others. */
    long key(long seed, long index) {
        return mix(mix(seed + number * GOLDEN_RATIO) + index * GOLDEN_RATIO);
    }

    /** David Stafford's 13th variant of MurmurHash3's finaliser. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
