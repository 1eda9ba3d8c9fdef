package dev.pigou.bench.load.workload;

import java.util.SplittableRandom;

/**
 * What chance decides. Each has streams of its own, so that a change of one flag leaves everything else as it was: at
 * another rate the same tenants send the same prompts.
 */
enum RandomStream {
    ARRIVALS, TENANTS, LENGTHS, CLIENTS, THINKING, PREFIX_CHOICE, PREFIX, PROMPT, BLOCK;

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    /** The stream of the index-th session, prefix, block, ... in the workload of this seed. */
    SplittableRandom random(long seed, long index) {
        return new SplittableRandom(key(seed, index));
    }

    /** A seed for that stream, unlike all others. */
    long key(long seed, long index) {
        return mix(mix(seed + (ordinal() + 1) * GOLDEN_RATIO) + index * GOLDEN_RATIO);
    }

    /** David Stafford's 13th variant of MurmurHash3's finaliser. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
