package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import java.util.ArrayList;
import java.util.List;

/**
 * Those who were refused because their turn would have come too late: whoever holds memory keeps them out just as if they
 * waited. Each counts until his answer would be worth nothing, but no longer than a backlog has to be served in: who has more
 * patience than that may well have found memory by then, had he waited, and must not make it dear for hours. Of many only the
 * latest are remembered. Owned by the scheduler's thread; allocates nothing.
 */
final class TurnedAway {
    private static final long MEMORY_NANOS = (long) (DemandCurve.BACKLOG_SECONDS * 1e9);
    /** As many as come in 15 s at 70 a second; to look at more at each auction would cost time, and hardly change the price. */
    static final int MOST = 1024;

    private final List<Bidder> bidders = new ArrayList<>(MOST);

    /**
     * One of them.
     *
     * @param refusedNanos when he was turned away
     * @param footprint block-seconds that it would have held
     * @param meanBlocks that it would have held on average
     * @param biddenPart of its value, by what its tenant can spend; above 0
     */
    record Bidder(Bid bid, long arrivalNanos, long refusedNanos, double footprint, int meanBlocks,
            double biddenPart) {
        /** Credits that it could bid if its answer began now. */
        double worth(long nowNanos) {
            return biddenPart * bid.valueAt(nowNanos, arrivalNanos);
        }

        private boolean wouldWait(long nowNanos) {
            return nowNanos - refusedNanos < MEMORY_NANOS && worth(nowNanos) > 0;
        }
    }

    void add(Bidder bidder) {
        if (bidders.size() == MOST) {
            bidders.removeFirst();
        }
        bidders.add(bidder);
    }

    /** Forgets those who would not wait any more; the others move up. */
    void forget(long nowNanos) {
        int kept = 0;
        for (int i = 0; i < bidders.size(); i++) {
            if (bidders.get(i).wouldWait(nowNanos)) {
                bidders.set(kept++, bidders.get(i));
            }
        }
        while (bidders.size() > kept) {
            bidders.removeLast();
        }
    }

    int size() { return bidders.size(); }

    Bidder get(int i) { return bidders.get(i); }
}
