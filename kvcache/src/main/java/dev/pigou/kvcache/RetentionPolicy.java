package dev.pigou.kvcache;

/**
 * Which cached prefixes are worth their memory. The policy chooses among the <em>retained</em> blocks: cached, and held by
 * no sequence. It is asked for a victim only when memory is short, so without pressure nothing is lost.
 *
 * <p>A block is <em>cached</em> by the sequence that computed it; it is <em>retained</em> when nobody holds it any more,
 * <em>taken</em> when somebody does again, and so on, until it is chosen as a victim or thrown out. Whoever holds a
 * block holds all blocks before it, and blocks of one sequence are retained tail first. So a retained block's cached
 * children are retained too, and have been for at least as long. Called by the thread that owns the {@link
 * KvCacheManager}; allocates nothing in the steady state.
 */
public interface RetentionPolicy {
    /** Called once, before anything else, with the tree that the blocks are in. */
    default void watch(PrefixView tree) {}

    /** A block was computed and is in the tree from now on, held by the sequence that computed it. */
    default void cached(int block, long nowNanos) {}

    /** A sequence that starts has found the block, and holds it. If it was retained, it was {@link #taken} before. */
    default void reused(int block, long nowNanos) {}

    /** Nobody holds the block any more. */
    void retained(int block, long nowNanos);

    /** A retained block has a new holder, and is not retained any more. */
    void taken(int block, long nowNanos);

    /**
     * Chooses the retained leaf of least value, which is evicted and not retained any more. Only called while
     * there is a retained block.
     */
    int victim(long nowNanos);

    /** A retained leaf is thrown out, because what is in it is not to be trusted. It is still in the tree. */
    void discarded(int block, long nowNanos);

    /** Checks the policy's own structure against the number of blocks it must know. */
    void checkInvariants(int retainedBlocks);
}
