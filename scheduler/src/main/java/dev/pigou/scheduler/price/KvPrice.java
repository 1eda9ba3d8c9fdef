package dev.pigou.scheduler.price;

/**
 * The price of a KV block-second, in credits, from one auction to the next. The auction's clearing density (the anchor)
 * overprices, since waiting bids can shift in time; a slow trim on <em>excess demand</em> corrects that: multiplicative
 * dual descent (Balseiro, Lu and Mirrokni, arXiv 2011.10124, with entropy as mirror map). Utilisation would not do in its
 * place, for it sticks at 1 just when a signal is needed.
 *
 * <p>Two parts are kept apart: what those pay who are kept out of memory (exactly 0 when nobody is), and what the
 * cheapest cached block would have saved, which may be above 0 with an empty queue. The price is the larger of the two.
 */
final class KvPrice {
    private static final double LOWEST_TRIM = Math.log(0.25);
    private static final double HIGHEST_TRIM = Math.log(2);

    private final PriceConfig config;
    private double logTrim;
    private double waiting;
    private double cache;
    private double published;
    private long lastNanos;
    private boolean started;

    KvPrice(PriceConfig config) { this.config = config; }

    /**
     * Takes in the outcome of an auction.
     *
     * @param anchor its clearing density; 0 if memory sufficed for all
     * @param excessDemand blocks wanted by what runs and by what waits and can pay, over all blocks, less 1
     * @param cacheDensity credits a block-second that eviction would destroy next; 0 if there are free blocks
     */
    void update(double anchor, double excessDemand, double cacheDensity, long nowNanos) {
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        if (anchor > 0) {
            double excess = Math.clamp(excessDemand, -1, 1);
            logTrim = Math.clamp(logTrim + config.trimPerSecond() * excess * seconds, LOWEST_TRIM,
                    HIGHEST_TRIM);
            waiting = Math.exp(logTrim) * anchor;
        } else {
            logTrim *= Math.exp(-seconds / config.trimMemorySeconds());
            waiting = 0;
        }
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
