package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import java.util.ArrayList;
import java.util.List;

/**
 * Those who were refused because their turn would have come too late, as long as their answers would still be worth something:
 * whoever holds memory keeps them out just as if they waited. Of many only the latest are remembered. Owned by the scheduler's
 * thread; allocates nothing.
 */
final class TurnedAway {
    /** As many as come in 15 s at 70 a second; to look at more at each auction would cost time, and hardly change the price. */
    static final int MOST = 1024;

    private final List<Bidder> bidders = new ArrayList<>(MOST);

    /**
     * One of them.
     *
     * @param footprint block-seconds that it would have held
     * @param meanBlocks that it would have held on average
     * @param biddenPart of its value, by what its tenant can spend; above 0
     */
    record Bidder(Bid bid, long arrivalNanos, double footprint, int meanBlocks, double biddenPart) {
        /** Credits that it could bid if its answer began now. */
        double worth(long nowNanos) {
            return biddenPart * bid.valueAt(nowNanos, arrivalNanos);
        }
    }

    void add(Bidder bidder) {
        if (bidders.size() == MOST) {
            bidders.removeFirst();
        }
        bidders.add(bidder);
    }

    /** Forgets those whose answers are worth nothing by now; the others move up. */
    void forgetWorthless(long nowNanos) {
        int kept = 0;
        for (int i = 0; i < bidders.size(); i++) {
            if (bidders.get(i).worth(nowNanos) > 0) {
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
