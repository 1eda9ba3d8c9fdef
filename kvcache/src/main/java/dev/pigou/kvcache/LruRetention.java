package dev.pigou.kvcache;

/**
 * Evicts the block that has been retained longest. Because blocks are retained tail first, the oldest is always a leaf.
 *
 * <ul>
 * <li>I11: the ring's links agree in both directions, and it names each retained block once.
 * </ul>
 */
public final class LruRetention implements RetentionPolicy {
    private static final int ALL = 0;

    private final BlockRings ring;

    /** @param blocks usable blocks of the pool */
    public LruRetention(int blocks) {
        ring = new BlockRings(blocks, 1);
    }

    @Override
    public void retained(int block, long nowNanos) { ring.addNewest(ALL, block); }

    @Override
    public void taken(int block, long nowNanos) { ring.remove(block); }

    @Override
    public int victim(long nowNanos) {
        int oldest = ring.oldest(ALL);
        ring.remove(oldest);
        return oldest;
    }

    @Override
    public void discarded(int block, long nowNanos) { ring.remove(block); }

    @Override
    public void checkInvariants(int retainedBlocks) {
        int count = ring.count(ALL, retainedBlocks);
        InvariantViolation.require(count == retainedBlocks, "I11: the ring names each retained block once",
                count, retainedBlocks);
    }
}
