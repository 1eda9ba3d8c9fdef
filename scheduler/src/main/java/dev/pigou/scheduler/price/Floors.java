package dev.pigou.scheduler.price;

import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;
import java.util.Arrays;

/**
 * The part of memory that no bid can take from a tenant: while he holds less than his floor, who of his has waited long
 * enough starts next, for nothing. Owned by the scheduler's thread.
 */
final class Floors {
    private static final long WAIT_NANOS = 5_000_000_000L;

    private final int blockSize;
    private double[] share = new double[0];
    private long[] heldBlocks = new long[0];
    private int totalBlocks;

    /** @param blockSize tokens in a KV block */
    Floors(int blockSize) { this.blockSize = blockSize; }

    /** @param shareOfMemory in [0, 1] */
    void grant(int tenantIndex, double shareOfMemory) {
        if (tenantIndex >= share.length) {
            share = Arrays.copyOf(share, tenantIndex + 1);
            heldBlocks = Arrays.copyOf(heldBlocks, tenantIndex + 1);
        }
        share[tenantIndex] = shareOfMemory;
    }

    /** Counts anew what each tenant holds. */
    void recount(SchedulerView view) {
        if (share.length == 0) {
            return;
        }
        totalBlocks = view.kvCache().totalBlocks();
        Arrays.fill(heldBlocks, 0);
        for (int i = 0; i < view.runningCount(); i++) {
            started(view.running(i));
        }
    }

    /** A sequence holds memory that was not counted yet. */
    void started(Sequence sequence) {
        int tenant = sequence.bid().tenant().index();
        if (tenant < share.length) {
            heldBlocks[tenant] += sequence.blocks().size();
        }
    }

    /** True if it may start next whatever it bids, and for nothing. */
    boolean entitle(Sequence waiting, long nowNanos) {
        int tenant = waiting.bid().tenant().index();
        if (tenant >= share.length || share[tenant] == 0 || waiting.delayNanos(nowNanos) < WAIT_NANOS) {
            return false;
        }
        int needed = waiting.length() / blockSize + 1;
        return heldBlocks[tenant] + needed <= share[tenant] * totalBlocks;
    }
}
