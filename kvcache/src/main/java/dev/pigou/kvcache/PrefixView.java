package dev.pigou.kvcache;

/** What a {@link RetentionPolicy} may ask about the cached prefixes. Blocks are named by id. */
public interface PrefixView {
    /** The block before this one, or 0 if this block holds the first tokens of a prompt. */
    int parent(int block);

    /** True if no cached block continues this one. */
    boolean isLeaf(int block);

    /** A cached block that continues this one, or 0; others follow by {@link #nextSibling}. */
    int firstChild(int block);

    /** Another block with the same parent, or 0 after the last. */
    int nextSibling(int block);

    /** Blocks from the root to this one, this one included: 1 for the first block of a prompt. */
    int depth(int block);

    /**
     * The hash of the block's tokens and of all that stands before them. The same prefix has the same hash whenever it is
     * cached; another one has it too once in a blue moon.
     */
    long hash(int block);

    /** Of no tree: each block is by itself. */
    PrefixView NONE = new PrefixView() {
        @Override
        public int parent(int block) { return 0; }

        @Override
        public boolean isLeaf(int block) { return true; }

        @Override
        public int firstChild(int block) { return 0; }

        @Override
        public int nextSibling(int block) { return 0; }

        @Override
        public int depth(int block) { return 1; }

        @Override
        public long hash(int block) { return block; }
    };
}
