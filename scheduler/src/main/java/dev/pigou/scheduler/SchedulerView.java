package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;

/**
 * What a {@link SchedulingPolicy} may look at. Always up to date; sequences and the cache are for reading, by the
 * scheduler's thread.
 */
public interface SchedulerView {
    int runningCount();

    /** In no order that holds; {@code i} in [0, runningCount). */
    Sequence running(int i);

    int waitingCount();

    /** {@code i} in [0, waitingCount). The one at 0 is the first in order; the others are in no order that holds. */
    Sequence waiting(int i);

    KvCacheManager kvCache();

    /** Tokens that a sequence, also one that was never added, would find in the cache if it started now. Leaves no trace. */
    int cachedTokens(Sequence sequence);

    SchedulerConfig config();
}
