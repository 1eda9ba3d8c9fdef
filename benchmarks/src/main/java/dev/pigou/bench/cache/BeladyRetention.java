package dev.pigou.bench.cache;

import dev.pigou.kvcache.InvariantViolation;
import dev.pigou.kvcache.LeafRetention;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * Evicts the leaf that is needed again last, which only somebody who knows the future can: close to the most hits there
 * are, though not quite a bound, since a leaf may stand before a parent that is needed later still.
 */
final class BeladyRetention extends LeafRetention {
    static final int NEVER = Integer.MAX_VALUE;

    private final int[] nextUse;
    private final TreeSet<Integer> leaves;

    BeladyRetention(int blocks) {
        super(blocks);
        nextUse = new int[blocks + 1];
        leaves = new TreeSet<>(Comparator.<Integer>comparingInt(block -> nextUse[block])
                .thenComparing(Comparator.naturalOrder()));
    }

    /** The request that will look for this block next, or {@link #NEVER}. To be said while the block is held. */
    void foresee(int block, int request) {
        nextUse[block] = request;
    }

    @Override
    protected void addLeaf(int block, long nowNanos) { leaves.add(block); }

    @Override
    protected void removeLeaf(int block) { leaves.remove(block); }

    @Override
    protected boolean hasLeaf(int block) { return leaves.contains(block); }

    @Override
    protected int leastLeaf(long nowNanos) { return leaves.last(); }

    @Override
    public void checkInvariants(int retainedBlocks) {
        InvariantViolation.require(leaves.size() <= retainedBlocks, "a leaf is a retained block",
                leaves.size(), retainedBlocks);
        checkLeaves(retainedBlocks);
    }
}
