package dev.pigou.scheduler.price;

/**
 * What the forecast of the KV price rests on, fed once an auction: the mean price of the last minutes, and how long memory
 * is held, which is the blocks in use over the blocks given back in a second (Little's law). Older observations fade.
 *
 * <p>A block that several share is counted as given back by each of them. Owned by the scheduler's thread, which allocates
 * nothing here; any thread may ask for a {@link #forecast}.
 */
final class LongRunPrice {
    private static final double PRICE_MEMORY_SECONDS = 120;
    private static final double HOLDING_MEMORY_SECONDS = 60;
    private static final double SHORTEST_HOLDING_SECONDS = 1;
    private static final double LONGEST_HOLDING_SECONDS = 300;

    /** Written by the owner alone, and read by any thread. */
    private volatile double meanPrice;
    private volatile double holdingSeconds = SHORTEST_HOLDING_SECONDS;
    private double heldBlockSeconds;
    private double releasedBlocks;
    private long lastNanos;
    private boolean started;

    /** A sequence has ended and gave its blocks back. */
    void released(int blocks) {
        releasedBlocks += blocks;
    }

    /**
     * The time since the last observation went by at this price.
     *
     * @param price credits a block-second
     * @param usedBlocks that sequences hold
     */
    void observe(double price, int usedBlocks, long nowNanos) {
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        double keepPrice = Math.exp(-seconds / PRICE_MEMORY_SECONDS);
        meanPrice = keepPrice * meanPrice + (1 - keepPrice) * price;
        double keepHolding = Math.exp(-seconds / HOLDING_MEMORY_SECONDS);
        heldBlockSeconds = keepHolding * heldBlockSeconds + usedBlocks * seconds;
        releasedBlocks *= keepHolding;
        double turnover = releasedBlocks > 0 ? heldBlockSeconds / releasedBlocks : heldBlockSeconds;
        holdingSeconds = Math.clamp(turnover, SHORTEST_HOLDING_SECONDS, LONGEST_HOLDING_SECONDS);
    }

    /**
     * Safe from any thread.
     *
     * @param now credits a block-second, as published
     */
    PriceForecast forecast(double now) { return new PriceForecast(now, meanPrice, holdingSeconds); }
}
