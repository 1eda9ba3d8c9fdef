package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Sequence;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Those who were refused because their turn would have come too late, as long as their answers would still be worth something.
 * Whoever holds memory keeps them out just as if they waited. Of many only the latest are remembered, or nearly so. Owned by the
 * scheduler's thread; allocates nothing once made.
 */
final class TurnedAway {
    /** As many as come in 15 s at 70 a second; to look at more at each auction would cost time, and hardly change the price. */
    static final int MOST = 1024;

    private final @Nullable Bid[] bids = new @Nullable Bid[MOST];
    private final long[] arrivalNanos = new long[MOST];
    private final double[] footprints = new double[MOST];
    private final double[] biddenParts = new double[MOST];
    private final int[] blocks = new int[MOST];
    private int size;
    private int oldest;

    /**
     * Remembers one.
     *
     * @param meanBlocks that it would have held on average
     * @param biddenPart of its value, by what its tenant can spend; above 0
     */
    void add(Sequence refused, int meanBlocks, double biddenPart) {
        int place = size < MOST ? size++ : replaceOldest();
        bids[place] = refused.bid();
        arrivalNanos[place] = refused.arrivalNanos();
        footprints[place] = refused.footprint();
        blocks[place] = meanBlocks;
        biddenParts[place] = biddenPart;
    }

    private int replaceOldest() {
        int place = oldest;
        oldest = (oldest + 1) % MOST;
        return place;
    }

    /** Forgets those whose answers are worth nothing by now; the others move up. */
    void forgetWorthless(long nowNanos) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (value(i, nowNanos) > 0) {
                bids[kept] = bids[i];
                arrivalNanos[kept] = arrivalNanos[i];
                footprints[kept] = footprints[i];
                biddenParts[kept] = biddenParts[i];
                blocks[kept++] = blocks[i];
            }
        }
        if (kept < size) {
            Arrays.fill(bids, kept, size, null);
            size = kept;
            oldest = 0;
        }
    }

    int size() { return size; }

    /** Credits that it could bid if its answer began now. */
    double value(int i, long nowNanos) {
        return biddenParts[i] * bid(i).valueAt(nowNanos, arrivalNanos[i]);
    }

    /** Credits that a second of delay costs. */
    double latencyPrice(int i) { return bid(i).latencyPrice(); }

    /** Block-seconds that it would have held. */
    double footprint(int i) { return footprints[i]; }

    /** Blocks that it would have held on average. */
    int blocks(int i) { return blocks[i]; }

    private Bid bid(int i) { return Objects.requireNonNull(bids[i]); }
}
