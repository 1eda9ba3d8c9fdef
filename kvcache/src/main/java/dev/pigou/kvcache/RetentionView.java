package dev.pigou.kvcache;

/**
 * What cached memory is worth to those who set the price of memory. Read by the thread that owns the {@link
 * KvCacheManager}.
 */
public interface RetentionView {
    /** Takes in one entry of {@link #offer}. */
    interface Offers {
        /** So many blocks would give way at this price or above it. */
        void blocks(double creditsPerBlockSecond, int blocks);
    }

    /**
     * What the block that would be evicted next earns, and so what its eviction would destroy, in credits per block-second; 0
     * if nothing is retained.
     */
    double leastYield(long nowNanos);

    /**
     * What the retained blocks earn, the least first, in a few dozen steps at most: the bids of the cache for its own memory.
     * Blocks of about equal yield are one entry, at their mean.
     */
    void offer(Offers offers, long nowNanos);

    /** Of a policy that sets no value on blocks: all retained memory is to be had for nothing. */
    RetentionView WORTHLESS = new RetentionView() {
        @Override
        public double leastYield(long nowNanos) { return 0; }

        @Override
        public void offer(Offers offers, long nowNanos) {
            // nothing to bid
        }
    };

    /** The policy's own view, if it sets values on blocks. */
    static RetentionView of(RetentionPolicy policy) {
        return policy instanceof RetentionView view ? view : WORTHLESS;
    }
}
