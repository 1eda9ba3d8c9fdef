package dev.pigou.bench.sim.demand;

/** Seeds for many independent streams of random numbers from one. */
public final class Seeds {
    private Seeds() {}

    /** A seed for the {@code index}-th stream of {@code seed}: neighbours give unrelated streams. */
    public static long mix(long seed, long index) {
        long z = (seed * 0x9E3779B97F4A7C15L ^ index) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
