package dev.pigou.engine;

/**
 * Uniform random numbers addressed by (seed, position) instead of drawn from a stream: a token's draw depends neither
 * on the batch it is computed in nor on how often its sequence was preempted. The mixing function is the finaliser of
 * SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), applied twice.
 */
final class SeededUniform {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private SeededUniform() {}

    /** In (0, 1), with 32 random bits: far enough from 1 that a product with a sum of weights stays below the sum. */
    static double at(long seed, int position) {
        long bits = mix(mix(seed) + GOLDEN_GAMMA * (position + 1L)) >>> 32;
        return (bits + 0.5) * 0x1p-32;
    }

    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
