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
    /** So much rent is lost at most when the process is killed, for it is booked as often. */
    private static final long ACCRUE_EVERY_NANOS = 1_000_000_000;

    private final KvCacheManager kvCache;
    private final SchedulingPolicy policy;
    private final List<PrefixLease> standing = new ArrayList<>();
    private long lookedNanos = Long.MIN_VALUE;
    private long accruedNanos = Long.MIN_VALUE;

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
        if (standing.isEmpty() || !isTime(lookedNanos, LOOK_EVERY_NANOS, nowNanos)) {
            return;
        }
        lookedNanos = nowNanos;
        boolean accrues = isTime(accruedNanos, ACCRUE_EVERY_NANOS, nowNanos);
        if (accrues) {
            accruedNanos = nowNanos;
        }
        for (int i = standing.size() - 1; i >= 0; i--) {
            PrefixLease lease = standing.get(i);
            if (isOver(lease, nowNanos)) {
                end(i, nowNanos);
            } else if (accrues) {
                lease.accrue(kvCache.rentPico(lease.blocks()));
            }
        }
    }

    /** A clock that jumps back makes it time too. */
    private static boolean isTime(long lastNanos, long everyNanos, long nowNanos) {
        return lastNanos == Long.MIN_VALUE || nowNanos - lastNanos < 0 || nowNanos - lastNanos >= everyNanos;
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
