package dev.pigou.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Withholds leased blocks from another policy until their lease is over; they are evicted only when nothing else is left,
 * the lease that ends first before the others. A withheld block is rented by the longest lease on it, and by the next one
 * once that is over; what that is worth to whom is not known here.
 *
 * <p>A lease covers a prefix, so whatever covers a block covers its parent: a parent is withheld for at least as long as its
 * children, and is retained after them. That keeps the inner policy's view whole: it gets children before their parents,
 * and never a parent whose child is withheld. For it, a leased block is idle from the end of its lease on.
 *
 * <ul>
 * <li>I13: see {@link BlockHeap}.
 * <li>I19: a retained block is either withheld, and then leased, or known to the inner policy.
 * </ul>
 */
final class LeasedRetention implements RetentionPolicy {
    private final RetentionPolicy inner;
    private final RentMeter rent;
    private final List<Lease> leases = new ArrayList<>();
    /** By block: the longest lease on it, or null. */
    private final @Nullable Lease[] lessee;
    /** Leased and retained, by the end of the lease. */
    private final BlockHeap withheld;
    private int innerCount;

    /** @param blocks usable blocks of the pool */
    LeasedRetention(int blocks, RetentionPolicy inner, RentMeter rent) {
        this.inner = inner;
        this.rent = rent;
        lessee = new @Nullable Lease[blocks + 1];
        withheld = new BlockHeap(blocks);
    }

    /** Leases the first blocks of a table, all of them held and cached. */
    Lease lease(BlockTable table, int count, long untilNanos) {
        int[] blocks = new int[count];
        var lease = new Lease(blocks, untilNanos);
        leases.add(lease);
        for (int i = 0; i < count; i++) {
            blocks[i] = table.block(i);
            Lease before = lessee[blocks[i]];
            if (before == null || before.untilNanos() < untilNanos) {
                lessee[blocks[i]] = lease;
            }
        }
        return lease;
    }

    /** Its blocks fall to the next longest lease on each, or to the inner policy. Does nothing if it is over already. */
    void end(Lease lease, long nowNanos) {
        if (!leases.remove(lease)) {
            return;
        }
        for (int i = lease.length() - 1; i >= 0; i--) {
            int block = lease.block(i);
            if (block == BlockPool.NULL_BLOCK || lessee[block] != lease) {
                continue;
            }
            Lease next = longest(block, i);
            if (withheld.contains(block)) {
                release(block);
                lessee[block] = next;
                retained(block, nowNanos);
            } else {
                lessee[block] = next;
            }
        }
    }

    private @Nullable Lease longest(int block, int i) {
        Lease longest = null;
        for (Lease lease : leases) {
            if (lease.covers(block, i) && (longest == null || lease.untilNanos() > longest.untilNanos())) {
                longest = lease;
            }
        }
        return longest;
    }

    /** Blocks that leases pay for. */
    int withheldCount() { return withheld.size(); }

    @Override
    public void watch(PrefixView tree) { inner.watch(tree); }

    @Override
    public void cached(int block, long nowNanos) {
        forget(block); // what was in it before may have been thrown out while it was held
        inner.cached(block, nowNanos);
    }

    @Override
    public void reused(int block, long nowNanos) { inner.reused(block, nowNanos); }

    @Override
    public void retained(int block, long nowNanos) {
        Lease lease = lessee[block];
        if (lease != null) {
            withheld.add(block, lease.untilNanos());
            rent.begin(block);
            lease.beginsToPay(rent.integral());
        } else {
            innerCount++;
            inner.retained(block, nowNanos);
        }
    }

    /** A withheld block is not rented any more. */
    private void release(int block) {
        withheld.remove(block);
        Lease lease = lessee[block];
        if (lease != null) {
            lease.stopsPaying(rent.integral(), rent.sinceBegun(block));
        }
    }

    @Override
    public void taken(int block, long nowNanos) {
        if (withheld.contains(block)) {
            release(block);
        } else {
            innerCount--;
            inner.taken(block, nowNanos);
        }
    }

    @Override
    public int victim(long nowNanos) {
        if (innerCount > 0) {
            innerCount--;
            return inner.victim(nowNanos);
        }
        int victim = withheld.least();
        release(victim);
        forget(victim);
        return victim;
    }

    @Override
    public void discarded(int block, long nowNanos) {
        if (withheld.contains(block)) {
            release(block);
            forget(block);
        } else {
            innerCount--;
            inner.discarded(block, nowNanos);
        }
    }

    /** No lease covers the block any more. */
    private void forget(int block) {
        if (lessee[block] == null) {
            return;
        }
        lessee[block] = null;
        for (Lease lease : leases) {
            for (int i = 0; i < lease.length(); i++) {
                if (lease.block(i) == block) {
                    lease.lose(i);
                }
            }
        }
    }

    @Override
    public void checkInvariants(int retainedBlocks) {
        withheld.checkInvariants();
        inner.checkInvariants(innerCount);
        for (int block = 1; block < lessee.length; block++) {
            InvariantViolation.require(!withheld.contains(block) || lessee[block] != null,
                    "I19: a withheld block is leased", block);
        }
        InvariantViolation.require(innerCount + withheld.size() == retainedBlocks,
                "I19: a retained block is withheld or known to the policy", innerCount, withheld.size(),
                retainedBlocks);
    }
}
