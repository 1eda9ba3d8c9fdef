package dev.pigou.scheduler.price;

/**
 * The prices at one instant; immutable, so any thread may read it. In credits.
 *
 * @param nanos when, on the scheduler's clock
 * @param kvWaiting a block-second, for those who wait for memory: exactly 0 when nobody does
 * @param kvCache a block-second, as what eviction would destroy: may be above 0 with an empty queue
 * @param kv the larger of the two, which the scheduler decides by
 * @param kvPublished {@code kv}, smoothed, for clients
 * @param prefill one uncached prompt token, at the mean context of late
 * @param decode one output token, at the mean context of late
 */
public record PriceVector(long nanos, double kvWaiting, double kvCache, double kv, double kvPublished,
        double prefill, double decode) {
    public static final PriceVector ZERO = new PriceVector(0, 0, 0, 0, 0, 0, 0);
}
