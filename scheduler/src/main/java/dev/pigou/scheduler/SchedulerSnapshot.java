package dev.pigou.scheduler;

/**
 * Counts at one instant; immutable, so any thread may read it. Token and preemption counts are totals since
 * the start.
 *
 * @param running sequences that hold KV blocks
 * @param waiting sequences queued, preempted ones among them
 * @param totalBlocks KV blocks there are
 * @param usedBlocks KV blocks that sequences hold
 * @param cachedBlocks KV blocks nobody holds, kept for the prefix in them, taken when memory is short
 * @param promptTokens prompt tokens computed, those computed again after a preemption included
 * @param generationTokens tokens produced
 * @param prefixCacheQueries tokens looked up in the prefix cache on admission
 * @param prefixCacheHits tokens found there
 * @param prefixCacheForeignHits those of them that a sequence of another tenant had computed
 * @param preemptions times a sequence lost its blocks before it was done
 */
public record SchedulerSnapshot(int running, int waiting, int totalBlocks, int usedBlocks, int cachedBlocks,
        long promptTokens, long generationTokens, long prefixCacheQueries, long prefixCacheHits,
        long prefixCacheForeignHits, long preemptions) {}
