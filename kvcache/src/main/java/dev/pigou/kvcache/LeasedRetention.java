package dev.pigou.kvcache;

/**
 * Withholds leased blocks from another policy until their lease is over; they are evicted only when nothing else is left,
 * the lease that ends first before the others. Who pays for a lease is not known here.
 *
 * <p>A lease covers a prefix, so a parent is leased for at least as long as its children, and is retained after them. That
 * keeps the inner policy's view whole: it gets children before their parents, and never a parent whose child is withheld.
 * For it, a leased block is idle from the end of its lease on.
 *
 * <ul>
 * <li>I13: see {@link BlockHeap}.
 * <li>I19: a retained block is either withheld or known to the inner policy.
 * </ul>
 */
final class LeasedRetention implements RetentionPolicy {
    private final RetentionPolicy inner;
    private final long[] leasedUntilNanos;
    /** Leased and retained, by the end of the lease. */
    private final BlockHeap withheld;
    private int innerCount;

    /** @param blocks usable blocks of the pool */
    LeasedRetention(int blocks, RetentionPolicy inner) {
        this.inner = inner;
        leasedUntilNanos = new long[blocks + 1];
        withheld = new BlockHeap(blocks);
    }

    /** A held block is kept until then at least, as far as possible; an earlier end than agreed before changes nothing. */
    void lease(int block, long untilNanos) {
        leasedUntilNanos[block] = Math.max(leasedUntilNanos[block], untilNanos);
    }

    @Override
    public void watch(PrefixView tree) { inner.watch(tree); }

    @Override
    public void cached(int block, long nowNanos) {
        leasedUntilNanos[block] = Long.MIN_VALUE;
        inner.cached(block, nowNanos);
    }

    @Override
    public void reused(int block, long nowNanos) { inner.reused(block, nowNanos); }

    @Override
    public void retained(int block, long nowNanos) {
        endLeases(nowNanos);
        if (leasedUntilNanos[block] > nowNanos) {
            withheld.add(block, leasedUntilNanos[block]);
        } else {
            retainedByInner(block, nowNanos);
        }
    }

    private void endLeases(long nowNanos) {
        while (withheld.size() > 0 && withheld.key(withheld.least()) <= nowNanos) {
            int block = withheld.least();
            withheld.remove(block);
            retainedByInner(block, nowNanos);
        }
    }

    private void retainedByInner(int block, long nowNanos) {
        innerCount++;
        inner.retained(block, nowNanos);
    }

    @Override
    public void taken(int block, long nowNanos) {
        if (withheld.contains(block)) {
            withheld.remove(block);
        } else {
            innerCount--;
            inner.taken(block, nowNanos);
        }
    }

    @Override
    public int victim(long nowNanos) {
        endLeases(nowNanos);
        if (innerCount > 0) {
            innerCount--;
            return inner.victim(nowNanos);
        }
        int victim = withheld.least();
        withheld.remove(victim);
        return victim;
    }

    @Override
    public void discarded(int block, long nowNanos) {
        if (withheld.contains(block)) {
            withheld.remove(block);
        } else {
            innerCount--;
            inner.discarded(block, nowNanos);
        }
    }

    @Override
    public void checkInvariants(int retainedBlocks) {
        withheld.checkInvariants();
        inner.checkInvariants(innerCount);
        InvariantViolation.require(innerCount + withheld.size() == retainedBlocks,
                "I19: a retained block is withheld or known to the policy", innerCount, withheld.size(),
                retainedBlocks);
    }
}
