package dev.pigou.kvcache;

/**
 * What one tenant has written into the cache, and what that was good for: to itself, and to others that share prefixes with
 * it. Hits count until the end of time, also those of blocks that are gone. Written by the {@link ReuseLedger}, read by its
 * thread.
 */
public final class WrittenBlocks {
    private int cached;
    private double cachedValue;
    private long ownHits;
    private long foreignHits;
    private double saved;

    WrittenBlocks() {}

    void entered(float value) {
        cached++;
        cachedValue += value;
    }

    void left(float value) {
        cached--;
        cachedValue = cached == 0 ? 0 : cachedValue - value; // no rounding is left behind
    }

    void found(boolean byOthers, double prefill) {
        if (byOthers) {
            foreignHits++;
        } else {
            ownHits++;
        }
        saved += prefill;
    }

    /** Blocks of it that are cached now, those among them that sequences hold. */
    public int cached() {
        return cached;
    }

    /**
     * Credits that the requests were worth which wrote those, summed by block: over {@link #cached} it is the mean worth at
     * which a block was written.
     */
    public double cachedValue() { return cachedValue; }

    /** Times that its own requests found one of its blocks. */
    public long ownHits() { return ownHits; }

    /** Times that other tenants' requests found one. */
    public long foreignHits() { return foreignHits; }

    /** What the prefill of all blocks found would have cost when they were found, in the unit of {@link PrefillCost}. */
    public double saved() {
        return saved;
    }
}
