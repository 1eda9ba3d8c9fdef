package dev.pigou.kvcache;

/**
 * Turns a block's tokens and all that stands before them into 64 bits. A port only so that tests can put a
 * bad hash in its place: the {@link PrefixTree} is right with any hash, and fast with a good one.
 */
interface BlockHash {
    /** Where the chain of a salt begins. */
    long root(long salt);

    /**
     * The hash of the block whose tokens are {@code tokens[from, to)} and whose parent has the hash {@code
     * parent}.
     */
    long chain(long parent, int[] tokens, int from, int to);

    /** A multiply-and-fold over the tokens; each bit of the input reaches each bit of the result. */
    BlockHash MIXING = new BlockHash() {
        private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

        @Override
        public long root(long salt) { return finish(salt ^ MULTIPLIER); }

        @Override
        public long chain(long parent, int[] tokens, int from, int to) {
            long hash = parent;
            for (int i = from; i < to; i++) {
                hash = (hash ^ tokens[i]) * MULTIPLIER;
                hash ^= hash >>> 29;
            }
            return finish(hash);
        }

        private static long finish(long hash) {
            long mixed = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
            mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
            return mixed ^ (mixed >>> 32);
        }
    };
}
