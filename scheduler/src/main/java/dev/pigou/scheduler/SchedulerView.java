package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;

/**
 * What a {@link SchedulingPolicy} may look at. Valid during the call it was handed to; sequences and the cache are for
 * reading.
 */
public interface SchedulerView {
    int runningCount();

    /** In no order that holds; {@code i} in [0, runningCount). */
    Sequence running(int i);

    int waitingCount();

    /** {@code i} in [0, waitingCount). The one at 0 is the first in order; the others are in no order that holds. */
    Sequence waiting(int i);

    KvCacheManager kvCache();

    SchedulerConfig config();
}
