package dev.pigou.kvcache;

/**
 * Tail-optimised LRU (arXiv 2510.15152). A conversation's next turn starts in time as long as no more than a budget of its
 * blocks must be computed. So the last blocks of each conversation, as many as the budget allows, are of no use to the slow
 * tail of latencies, and go first, the oldest of them before the others; then, as in LRU, the oldest of the rest.
 *
 * <p>A conversation is what the blocks say: the longest sequence that a block was part of. A parent is no nearer to its
 * sequence's end than its children, so it is never expendable before them.
 *
 * <ul>
 * <li>I11: the links of both rings agree in both directions, and together they name each retained block once.
 * </ul>
 */
public final class TailLruRetention implements RetentionPolicy {
    private static final int EXPENDABLE = 0;
    private static final int REST = 1;

    private final BlockRings rings;
    /** Depth of the last block of the longest sequence that this block was part of. */
    private final int[] end;
    private final int budgetBlocks;
    private PrefixView tree = PrefixView.NONE;

    /**
     * @param blocks usable blocks of the pool
     * @param budgetBlocks cached blocks that a next turn can do without: those that are computed within the target for its
     *     first token, less those of the new message
     */
    public TailLruRetention(int blocks, int budgetBlocks) {
        if (budgetBlocks < 0) {
            throw new IllegalArgumentException("a budget is at least 0 blocks, but is " + budgetBlocks);
        }
        rings = new BlockRings(blocks, 2);
        end = new int[blocks + 1];
        this.budgetBlocks = budgetBlocks;
    }

    @Override
    public void watch(PrefixView watched) { tree = watched; }

    @Override
    public void cached(int block, long nowNanos) { end[block] = 0; }

    @Override
    public void retained(int block, long nowNanos) {
        int depth = tree.depth(block);
        end[block] = Math.max(end[block], depth);
        int parent = tree.parent(block);
        end[parent] = Math.max(end[parent], end[block]);
        boolean expendable = end[block] - depth < budgetBlocks;
        rings.addNewest(expendable ? EXPENDABLE : REST, block);
    }

    @Override
    public void taken(int block, long nowNanos) { rings.remove(block); }

    @Override
    public int victim(long nowNanos) {
        int victim = rings.oldest(rings.isEmpty(EXPENDABLE) ? REST : EXPENDABLE);
        rings.remove(victim);
        return victim;
    }

    @Override
    public void discarded(int block, long nowNanos) { rings.remove(block); }

    @Override
    public void checkInvariants(int retainedBlocks) {
        int count = rings.count(EXPENDABLE, retainedBlocks) + rings.count(REST, retainedBlocks);
        InvariantViolation.require(count == retainedBlocks, "I11: the rings name each retained block once",
                count, retainedBlocks);
    }
}
