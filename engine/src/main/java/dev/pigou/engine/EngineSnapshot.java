package dev.pigou.engine;

/**
 * Counts after one step; immutable. Token and request counts are totals since the start.
 *
 * @param running sequences that hold KV blocks
 * @param waiting sequences queued, preempted ones among them
 * @param totalBlocks KV blocks there are
 * @param usedBlocks KV blocks that sequences hold
 * @param cachedBlocks KV blocks nobody holds, kept for the prefix in them, taken when memory is short
 * @param promptTokens prompt tokens computed
 * @param generationTokens tokens produced
 * @param prefixCacheQueries prompt tokens looked up in the prefix cache
 * @param prefixCacheHits prompt tokens found there
 * @param prefixCacheForeignHits those of them that another tenant's request had computed
 * @param preemptions times a sequence lost its blocks before it was done
 * @param finished sequences that have ended
 * @param steps device steps that succeeded
 * @param stepNanos time spent in steps, from plan to apply
 * @param deviceNanos the part of {@code stepNanos} spent in the device call; the rest is ours
 */
public record EngineSnapshot(int running, int waiting, int totalBlocks, int usedBlocks, int cachedBlocks,
        long promptTokens, long generationTokens, long prefixCacheQueries, long prefixCacheHits,
        long prefixCacheForeignHits, long preemptions, long finished, long steps, long stepNanos,
        long deviceNanos) {}
