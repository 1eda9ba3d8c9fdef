package dev.pigou.kvcache;

/**
 * Greedy dual size frequency: evicts the leaf of least L + uses * prefill saved, where L is what the last victim was worth
 * when it went, so that all that is kept loses against what is new. Blocks are of one size.
 *
 * <ul>
 * <li>I13, I14: see {@link BlockHeap} and {@link LeafRetention}.
 * </ul>
 */
public final class GdsfRetention extends LeafRetention {
    private final BlockHeap leaves;
    private final PrefillCost cost;
    private final int[] uses;
    private final double[] worth;
    private double inflation;

    /** @param blocks usable blocks of the pool */
    public GdsfRetention(int blocks, PrefillCost cost) {
        super(blocks);
        leaves = new BlockHeap(blocks);
        this.cost = cost;
        uses = new int[blocks + 1];
        worth = new double[blocks + 1];
    }

    @Override
    public void cached(int block, long nowNanos) { uses[block] = 1; }

    @Override
    public void reused(int block, long nowNanos) { uses[block]++; }

    @Override
    public void retained(int block, long nowNanos) {
        worth[block] = inflation + uses[block] * cost.credits(tree().depth(block));
        super.retained(block, nowNanos);
    }

    @Override
    public int victim(long nowNanos) {
        int victim = super.victim(nowNanos);
        inflation = Math.max(inflation, worth[victim]);
        return victim;
    }

    /** The bits of numbers that are not negative are in the order of the numbers. */
    @Override
    protected void addLeaf(int block, long nowNanos) {
        leaves.add(block, Double.doubleToLongBits(worth[block]));
    }

    @Override
    protected void removeLeaf(int block) { leaves.remove(block); }

    @Override
    protected boolean hasLeaf(int block) { return leaves.contains(block); }

    @Override
    protected int leastLeaf(long nowNanos) { return leaves.least(); }

    @Override
    public void checkInvariants(int retainedBlocks) {
        leaves.checkInvariants();
        checkLeaves(retainedBlocks);
    }
}
