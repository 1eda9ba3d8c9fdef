package dev.pigou.kvcache;

/** Hashes bad enough that everything collides. */
final class WeakHashes {
    private WeakHashes() {}

    /** Keeps only {@code bits} bits of the real hash: 0 bits make all blocks collide. */
    static BlockHash keeping(int bits) {
        long mask = (1L << bits) - 1;
        return new BlockHash() {
            @Override
            public long root(long salt) { return BlockHash.MIXING.root(salt) & mask; }

            @Override
            public long chain(long parent, int[] tokens, int from, int to) {
                return BlockHash.MIXING.chain(parent, tokens, from, to) & mask;
            }
        };
    }
}
