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
}
