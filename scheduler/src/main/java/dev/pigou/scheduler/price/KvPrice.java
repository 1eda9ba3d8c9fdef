package dev.pigou.scheduler.price;

/**
 * The price of a KV block-second, in credits, from one auction to the next. Two parts are kept apart: what those pay who are
 * kept out of memory (exactly 0 when nobody is), and what the cheapest cached block would have saved, which may be above 0
 * with an empty queue. The price is the larger of the two.
 */
final class KvPrice {
    private final PriceConfig config;
    private double waiting;
    private double cache;
    private double published;
    private long lastNanos;
    private boolean started;

    KvPrice(PriceConfig config) { this.config = config; }

    /**
     * Takes in the outcome of an auction.
     *
     * @param waitingDensity credits a block-second that who waits for memory would pay; 0 if it sufficed for all
     * @param cacheDensity credits a block-second that eviction would destroy next; 0 if there are free blocks
     */
    void update(double waitingDensity, double cacheDensity, long nowNanos) {
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        waiting = waitingDensity;
        cache = cacheDensity;
        double keep = Math.exp(-seconds / config.publishedSeconds());
        published = keep * published + (1 - keep) * now();
    }

    /** What the scheduler decides by. */
    double now() { return Math.max(waiting, cache); }

    double waiting() { return waiting; }

    double cache() { return cache; }

    /** Smoothed, for clients: it tells less of what single others do, and changes at a pace they can follow. */
    double published() {
        return published;
    }
}
