package dev.pigou.engine;

import dev.pigou.kvcache.WrittenBlocks;

/**
 * What of the prefix cache one tenant's requests have computed, and what that was good for; immutable. Hits and what they
 * saved are totals since the start.
 *
 * @param cachedBlocks KV blocks that are cached, those among them that sequences hold
 * @param cachedValue credits that the requests were worth which computed those, summed by block
 * @param ownHits times that one of its blocks was found by its own requests
 * @param foreignHits times that one was found by other tenants'
 * @param savedSeconds step time that these hits saved whoever found them
 */
public record CacheOrigin(int cachedBlocks, double cachedValue, long ownHits, long foreignHits,
        double savedSeconds) {
    static final CacheOrigin NOTHING = new CacheOrigin(0, 0, 0, 0, 0);

    static CacheOrigin of(WrittenBlocks its) {
        return new CacheOrigin(its.cached(), its.cachedValue(), its.ownHits(), its.foreignHits(),
                its.saved());
    }
}
