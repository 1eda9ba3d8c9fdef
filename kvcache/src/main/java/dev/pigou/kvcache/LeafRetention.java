package dev.pigou.kvcache;

/**
 * For policies that rank blocks by something else than age, and so must look after the leaves themselves: keeps track of
 * which retained blocks are leaves now, and leaves the ranking of those to its subclass.
 */
public abstract class LeafRetention implements RetentionPolicy {
    private final boolean[] retained;
    private PrefixView tree = PrefixView.NONE;

    /** @param blocks usable blocks of the pool */
    protected LeafRetention(int blocks) {
        retained = new boolean[blocks + 1];
    }

    /** A retained block is a leaf from now on. */
    protected abstract void addLeaf(int block, long nowNanos);

    /** A block added before is not retained any more. */
    protected abstract void removeLeaf(int block);

    /** Whether the block is one of those added and not removed. */
    protected abstract boolean hasLeaf(int block);

    /** Of the leaves added and not removed, the one to be evicted. There is one. */
    protected abstract int leastLeaf(long nowNanos);

    protected final PrefixView tree() { return tree; }

    @Override
    public void watch(PrefixView watched) { tree = watched; }

    @Override
    public void retained(int block, long nowNanos) {
        retained[block] = true;
        if (tree.isLeaf(block)) {
            addLeaf(block, nowNanos);
        }
    }

    @Override
    public void taken(int block, long nowNanos) {
        retained[block] = false;
        if (tree.isLeaf(block)) {
            removeLeaf(block);
        }
    }

    @Override
    public int victim(long nowNanos) {
        int victim = leastLeaf(nowNanos);
        drop(victim, nowNanos);
        return victim;
    }

    @Override
    public void discarded(int block, long nowNanos) { drop(block, nowNanos); }

    /** The leaf is still in the tree, but will be out of it before anything else happens. */
    private void drop(int leaf, long nowNanos) {
        retained[leaf] = false;
        removeLeaf(leaf);
        int parent = tree.parent(leaf);
        if (retained[parent] && tree.firstChild(parent) == leaf && tree.nextSibling(leaf) == 0) {
            addLeaf(parent, nowNanos);
        }
    }

    /** Checks that the leaves that the subclass knows are the retained leaves of the tree. */
    protected final void checkLeaves(int retainedBlocks) {
        int count = 0;
        for (int block = 1; block < retained.length; block++) {
            count += retained[block] ? 1 : 0;
            InvariantViolation.require(hasLeaf(block) == (retained[block] && tree.isLeaf(block)),
                    "I14: what competes are the retained leaves", block);
        }
        InvariantViolation.require(count == retainedBlocks, "I14: each retained block is known", count,
                retainedBlocks);
    }
}
