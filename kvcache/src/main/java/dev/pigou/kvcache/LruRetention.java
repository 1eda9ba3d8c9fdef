package dev.pigou.kvcache;

/**
 * Evicts the block that has been retained longest. An intrusive list through arrays indexed by block id; the
 * null block is its head and tail. Because blocks are retained tail first, the oldest is always a leaf.
 *
 * <ul>
 * <li>I11: the list is a ring through the null block, links agree in both directions, and it names each
 * retained block once.
 * </ul>
 */
public final class LruRetention implements RetentionPolicy {
    private static final int RING = BlockPool.NULL_BLOCK;

    private final int[] older;
    private final int[] newer;

    /** @param blocks usable blocks of the pool */
    public LruRetention(int blocks) {
        older = new int[blocks + 1];
        newer = new int[blocks + 1];
    }

    @Override
    public void retained(int block, long nowNanos) {
        int newest = older[RING];
        link(newest, block);
        link(block, RING);
    }

    @Override
    public void taken(int block, long nowNanos) { unlink(block); }

    @Override
    public int victim(long nowNanos) {
        int oldest = newer[RING];
        unlink(oldest);
        return oldest;
    }

    @Override
    public void discarded(int block) { unlink(block); }

    @Override
    public void checkInvariants(int retainedBlocks) {
        int count = 0;
        for (int block = newer[RING]; block != RING && count <= retainedBlocks; block = newer[block]) {
            InvariantViolation.require(older[newer[block]] == block, "I11: links agree in both directions",
                    block);
            count++;
        }
        InvariantViolation.require(count == retainedBlocks, "I11: the ring names each retained block once",
                count, retainedBlocks);
    }

    private void unlink(int block) { link(older[block], newer[block]); }

    private void link(int first, int second) {
        newer[first] = second;
        older[second] = first;
    }
}
