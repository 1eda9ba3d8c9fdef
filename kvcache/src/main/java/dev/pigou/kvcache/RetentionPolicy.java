package dev.pigou.kvcache;

/**
 * Which cached prefixes are worth their memory. The policy knows the <em>retained</em> blocks: cached, and
 * held by no sequence. It is asked for a victim only when memory is short, so without pressure nothing is
 * lost.
 *
 * <p>Whoever holds a block holds all blocks before it, and blocks of one sequence are retained tail first. So
 * a retained block's cached children are retained too, and have been for at least as long. Called by the
 * thread that owns the {@link KvCacheManager}.
 */
public interface RetentionPolicy {
    /** Called once, before anything else, with the tree that the blocks are in. */
    default void watch(PrefixView tree) {}

    /** Nobody holds the block any more. */
    void retained(int block, long nowNanos);

    /** A retained block was found by a new holder, and is not retained any more. */
    void taken(int block, long nowNanos);

    /**
     * Chooses the retained leaf of least value, which is evicted and not retained any more. Only called while
     * there is a retained block.
     */
    int victim(long nowNanos);

    /** A retained leaf was thrown out, because what is in it is not to be trusted. */
    void discarded(int block);

    /** Checks the policy's own structure against the number of blocks it must know. */
    void checkInvariants(int retainedBlocks);
}
