package dev.pigou.kvcache;

/**
 * A prefix that somebody keeps in the cache beyond its use, until he ends it. While nobody holds a leased block, the lease
 * pays its rent; while somebody does, he pays, and the lease nothing. Its blocks are evicted when nothing else is left.
 * Others read it; only the {@link KvCacheManager} changes it. Owned by the manager's thread.
 */
public final class Lease {
    /** From the root of the tree; the null block where one was evicted. */
    private final int[] blocks;
    private final long untilNanos;
    private int cached;
    private int idle;
    /** Sum over the idle blocks of where the integral of the price stood when they became so. */
    private long idleSince;
    private long paidPico;

    Lease(int[] blocks, long untilNanos) {
        this.blocks = blocks;
        this.untilNanos = untilNanos;
        cached = blocks.length;
    }

    /** When it is to end; of several leases on a block the longest pays. */
    public long untilNanos() {
        return untilNanos;
    }

    /** Blocks that are still in the cache. */
    public int cachedBlocks() { return cached; }

    int length() { return blocks.length; }

    int block(int i) { return blocks[i]; }

    /** True if it covers this block, which is at {@code i} of its path. */
    boolean covers(int block, int i) {
        return i < blocks.length && blocks[i] == block;
    }

    /** A block is gone from the cache. */
    void lose(int i) {
        blocks[i] = BlockPool.NULL_BLOCK;
        cached--;
    }

    /** It pays for one more block from now on. */
    void beginsToPay(long integral) {
        idle++;
        idleSince += integral;
    }

    /** It pays for one block less, which has cost so much. */
    void stopsPaying(long integral, long pico) {
        idle--;
        idleSince -= integral - pico;
        paidPico += pico;
    }

    long owedPico(long integral) { return paidPico + idle * integral - idleSince; }
}
