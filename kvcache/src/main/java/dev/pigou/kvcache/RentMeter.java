package dev.pigou.kvcache;

/**
 * What each holder of a block owes for it, exact to the last integer unit: a block costs its price for as long as it is
 * held, and those who hold it together split that evenly. Blocks that nobody holds or leases are charged to nobody.
 *
 * <p>Money is in picocredits (1e-12), prices in nanocredits a block-second, time in whole milliseconds (what is left over
 * counts later), so that price times time is an integer. The price may change at any time, but blocks number many: so the
 * meter keeps one integral of the price for all of them, and each block remembers where that stood when its number of
 * holders last changed. What does not divide evenly stays with the block, and its last holder pays it. A leased block that
 * nobody holds is charged to its {@link Lease}.
 *
 * <ul>
 * <li>I12: what was billed and what is still owed is, together, the sum over time of price times held and rented blocks.
 * </ul>
 */
final class RentMeter {
    /** A million credits a block-second: sums of an hour's rent stay within a long. */
    private static final long HIGHEST_PRICE = 1_000_000_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Picocredits that each holder of the block has owed since the block was first held. */
    private final long[] owedPerHolder;
    /** {@link #integral} when the block was settled last. */
    private final long[] settledAt;
    private final long[] undivided;
    /** Picocredits that a block held all the time has cost. Wraps around after ages; only differences count. */
    private long integral;
    private long nowNanos;
    private boolean started;
    private long pricedPico;

    RentMeter(int blocks) {
        owedPerHolder = new long[blocks + 1];
        settledAt = new long[blocks + 1];
        undivided = new long[blocks + 1];
    }

    /**
     * Lets time pass at a price.
     *
     * @param nanocreditsPerBlockSecond what a held block has cost since the last call; at least 0
     * @param heldBlocks blocks with at least one holder, or a lease that paid for them, since then
     */
    void advance(long nanocreditsPerBlockSecond, int heldBlocks, long toNanos) {
        if (nanocreditsPerBlockSecond < 0) {
            throw new IllegalArgumentException("a price of " + nanocreditsPerBlockSecond + " is below 0");
        }
        if (!started || toNanos < nowNanos) {
            started = true;
            nowNanos = toNanos;
            return;
        }
        long millis = (toNanos - nowNanos) / NANOS_PER_MILLI;
        nowNanos += millis * NANOS_PER_MILLI;
        long cost = Math.min(nanocreditsPerBlockSecond, HIGHEST_PRICE) * millis;
        integral += cost;
        pricedPico += cost * heldBlocks;
    }

    /** The block was free or idle, and has its first holder from now on, or a lease that pays for it. */
    void begin(int block) {
        settledAt[block] = integral;
        undivided[block] = 0;
    }

    /** Splits what the block has cost since it was settled last among its holders. To be called before they change. */
    void settle(int block, int holders) {
        long cost = integral - settledAt[block] + undivided[block];
        settledAt[block] = integral;
        owedPerHolder[block] += cost / holders;
        undivided[block] = cost % holders;
    }

    /** Where a new holder's debt begins, and what an old one's is measured to. Settled blocks only. */
    long owedPerHolder(int block) {
        return owedPerHolder[block];
    }

    /** What a block held all the time has cost; only differences count. */
    long integral() {
        return integral;
    }

    /** What a block has cost since it was begun, if nobody has settled it. */
    long sinceBegun(int block) {
        return integral - settledAt[block];
    }

    /** What does not divide among the holders; the last of them pays it when he leaves. Settled blocks only. */
    long undivided(int block) {
        return undivided[block];
    }

    /** The sum over time of price times held blocks, picocredits. */
    long pricedPico() { return pricedPico; }
}
