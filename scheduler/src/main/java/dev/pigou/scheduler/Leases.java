package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.Lease;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leases that stand. One ends when its time is over, when it has cost what may be spent on it, or when all its blocks
 * had to give way. Owned by the scheduler's thread; allocates only what is granted.
 */
final class Leases {
    /** Each is looked at several times a second. */
    private static final int MOST = 1024;
    private static final long LOOK_EVERY_NANOS = 250_000_000;

    private final KvCacheManager kvCache;
    private final SchedulingPolicy policy;
    private final List<PrefixLease> standing = new ArrayList<>();
    private long lookedNanos = Long.MIN_VALUE;

    Leases(KvCacheManager kvCache, SchedulingPolicy policy) {
        this.kvCache = kvCache;
        this.policy = policy;
    }

    /** The lease that a sequence asked for, which has been answered and still holds its blocks; null if there is none to be had. */
    @Nullable
    PrefixLease grant(Sequence answered, long nowNanos) {
        long nanos = answered.cache().leaseNanos();
        if (nanos == 0 || answered.blocks().committed() == 0 || standing.size() == MOST) {
            return null;
        }
        Lease blocks = kvCache.lease(answered.blocks(), answered.promptLength(), nowNanos + nanos);
        var lease = new PrefixLease(blocks, blocks.cachedBlocks() * kvCache.blockSize(),
                answered.bid().tenant(), answered.leaseListener());
        standing.add(lease);
        return lease;
    }

    /** Ends those that are over. The rent up to now must have been charged. */
    void endDue(long nowNanos) {
        if (standing.isEmpty() || (lookedNanos != Long.MIN_VALUE && nowNanos - lookedNanos >= 0
                && nowNanos - lookedNanos < LOOK_EVERY_NANOS)) {
            return;
        }
        lookedNanos = nowNanos;
        for (int i = standing.size() - 1; i >= 0; i--) {
            if (isOver(standing.get(i), nowNanos)) {
                end(i, nowNanos);
            }
        }
    }

    private boolean isOver(PrefixLease lease, long nowNanos) {
        return nowNanos >= lease.untilNanos() || lease.blocks().cachedBlocks() == 0
                || !policy.affords(lease, kvCache.rentPico(lease.blocks()), nowNanos);
    }

    void endAll(long nowNanos) {
        while (!standing.isEmpty()) {
            end(standing.size() - 1, nowNanos);
        }
    }

    private void end(int i, long nowNanos) {
        PrefixLease lease = standing.remove(i);
        kvCache.end(lease.blocks(), nowNanos);
        lease.charge().kv(kvCache.rentPico(lease.blocks()));
        policy.leaseEnded(lease, nowNanos);
        lease.announceEnd();
    }

    int count() { return standing.size(); }
}
