package dev.pigou.scheduler.estimate;

import java.util.Arrays;

/**
 * How long outputs of one kind get, learned from those that ended and those that were cut: a life table. Questions
 * are answered from tables that are computed anew when enough has been observed since. Owned by the scheduler's
 * thread; allocates nothing once made.
 */
final class SurvivalTable implements LengthLaw {
    /*
     * The estimate is that of Kaplan and Meier (Nonparametric estimation from incomplete observations, JASA 53,
     * 1958), by bins: hazard = ended / at risk, where an output that was cut counts as at risk as far as it got,
     * and within a bin for the part of it that it got through. It is pulled towards the law of a wider kind, as if
     * PARENT_WEIGHT outputs of that had been at risk in each bin; so where few or none get, the wider kind speaks
     * (ours; it is a beta prior on each hazard).
     *
     * Old observations fade by count: each one counts for 1 / KEPT of the one before, and the sums are left as they
     * are.
     */
    private static final double MEMORY_OUTPUTS = 512;
    private static final double GROWTH = 1 / (1 - 1 / MEMORY_OUTPUTS);
    private static final double LARGEST_WEIGHT = 1e100;
    private static final double PARENT_WEIGHT = 2;
    /** Tables are computed anew once this part of what they rest on is new. */
    private static final double STALE_PART = 1.0 / 32;

    private final LengthLaw parent;
    /** Weight of the outputs that ended in the bin. */
    private final double[] ended = new double[LengthBins.COUNT];
    /** Weight of the outputs that got into the bin and no further. */
    private final double[] left = new double[LengthBins.COUNT];
    /** The same, each for the part of the bin that it was at risk in. */
    private final double[] exposed = new double[LengthBins.COUNT];
    private double weight = 1;
    private double total;

    private final double[] hazard = new double[LengthBins.COUNT];
    /** Chance of getting to the first length of the bin. */
    private final double[] reach = new double[LengthBins.COUNT + 1];
    /** Sum of the chance of each length from the first of the bin on. */
    private final double[] reachFrom = new double[LengthBins.COUNT + 1];
    /** Sum of length times chance. */
    private final double[] momentFrom = new double[LengthBins.COUNT + 1];
    private double unread;
    private int version;
    private int parentVersion;

    SurvivalTable(LengthLaw parent) {
        this.parent = parent;
        rebuild();
    }

    /** An output came to its end by itself with its {@code length}-th token, or was cut after it; at least the first. */
    void learn(int length, boolean stopped) {
        if (stopped) {
            ended(length);
        } else {
            cut(length);
        }
    }

    /** An output came to its end by itself with its {@code length}-th token, at least the first. */
    void ended(int length) {
        int bin = LengthBins.of(Math.min(length, LengthBins.LONGEST));
        ended[bin] += weight;
        leave(bin, 1);
    }

    /** An output was cut after {@code length} tokens, at least 1: it would have had more. */
    void cut(int length) {
        int within = Math.min(length, LengthBins.LONGEST);
        int bin = LengthBins.of(within);
        int from = LengthBins.from(bin);
        leave(bin, (within + 1.0 - from) / (LengthBins.from(bin + 1) - from));
    }

    private void leave(int bin, double part) {
        left[bin] += weight;
        exposed[bin] += weight * part;
        total += weight;
        unread += weight;
        weight *= GROWTH;
        if (weight > LARGEST_WEIGHT) {
            scale(1 / weight);
        }
    }

    private void scale(double factor) {
        for (int bin = 0; bin < LengthBins.COUNT; bin++) {
            ended[bin] *= factor;
            left[bin] *= factor;
            exposed[bin] *= factor;
        }
        total *= factor;
        unread *= factor;
        weight = 1;
    }

    @Override
    public double hazard(int bin) { return hazard[bin]; }

    @Override
    public int version() {
        if (unread > STALE_PART * total || parentVersion != parent.version()) {
            rebuild();
        }
        return version;
    }

    /** Computes the tables anew if they are out of date. To be called before each question. */
    SurvivalTable upToDate() {
        version();
        return this;
    }

    private void rebuild() {
        parentVersion = parent.version();
        double gotFurther = 0;
        for (int bin = LengthBins.COUNT - 1; bin >= 0; bin--) {
            double atRisk = (gotFurther + exposed[bin]) / weight;
            hazard[bin] = (ended[bin] / weight + PARENT_WEIGHT * parent.hazard(bin))
                    / (atRisk + PARENT_WEIGHT);
            gotFurther += left[bin];
        }
        reach[0] = 1;
        for (int bin = 0; bin < LengthBins.COUNT; bin++) {
            reach[bin + 1] = reach[bin] * (1 - hazard[bin]);
        }
        Arrays.fill(reachFrom, 0);
        Arrays.fill(momentFrom, 0);
        for (int bin = LengthBins.COUNT - 1; bin >= 0; bin--) {
            int from = LengthBins.from(bin);
            reachFrom[bin] = reachFrom(from, bin);
            momentFrom[bin] = momentFrom(from, bin);
        }
        unread = 0;
        version++;
    }

    /** Tokens still to come after {@code produced}, of at most {@code room}. */
    double expectedRemaining(int produced, int room) {
        int next = Math.min(produced + 1, LengthBins.LONGEST);
        int bin = LengthBins.of(next);
        double sum = reachFrom(next, bin) - reachFrom(end(next, room));
        return Math.clamp(sum / reach(next, bin), 1, room);
    }

    /** Variance of that. */
    double varianceRemaining(int produced, int room) {
        int next = Math.min(produced + 1, LengthBins.LONGEST);
        int end = end(next, room);
        int bin = LengthBins.of(next);
        double reach = reach(next, bin);
        double mean = (reachFrom(next, bin) - reachFrom(end)) / reach;
        double moment = (momentFrom(next, bin) - momentFrom(end)) / reach;
        // E[R^2] = sum of (2i - 1) P(R >= i), where i = length - next + 1
        double square = 2 * moment - (2.0 * next - 1) * mean;
        return Math.max(0, square - mean * mean);
    }

    /** Quantile of that; not less than the true one by more than chance, but up to 1/32 more of the length. */
    int quantileRemaining(int produced, int room, double quantile) {
        int next = Math.min(produced + 1, LengthBins.LONGEST);
        int bin = LengthBins.of(next);
        double target = (1 - quantile) * reach(next, bin);
        int low = bin + 1; // the first bin after the answer's is in [low, high]
        int high = LengthBins.COUNT;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (reach[middle] > target) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.clamp(LengthBins.from(low) - next, 1, room);
    }

    private static int end(int next, int room) {
        return (int) Math.min(LengthBins.LONGEST + 1L, (long) next + room);
    }

    /** Chance of getting to a length of the bin: linear within it. */
    private double reach(int length, int bin) {
        int from = LengthBins.from(bin);
        double passed = (double) (length - from) / (LengthBins.from(bin + 1) - from);
        return reach[bin] + passed * (reach[bin + 1] - reach[bin]);
    }

    private double reachFrom(int length) {
        return length > LengthBins.LONGEST ? 0 : reachFrom(length, LengthBins.of(length));
    }

    private double momentFrom(int length) {
        return length > LengthBins.LONGEST ? 0 : momentFrom(length, LengthBins.of(length));
    }

    /** Sum of the chance of each length from this one of the bin on. */
    private double reachFrom(int length, int bin) {
        int from = LengthBins.from(bin);
        int width = LengthBins.from(bin + 1) - from;
        int passed = length - from;
        double fall = (reach[bin] - reach[bin + 1]) / width;
        return reachFrom[bin + 1] + (width - passed) * (reach[bin] - fall * (width + passed - 1) / 2);
    }

    /** Sum of length times chance. With n = length - from it is (from + n) (reach - fall n). */
    private double momentFrom(int length, int bin) {
        int from = LengthBins.from(bin);
        int width = LengthBins.from(bin + 1) - from;
        int passed = length - from;
        double fall = (reach[bin] - reach[bin + 1]) / width;
        int count = width - passed;
        double sum = count * (width + passed - 1) / 2.0;
        double sumOfSquares = sumOfSquaresBelow(width) - sumOfSquaresBelow(passed);
        return momentFrom[bin + 1] + from * reach[bin] * count + (reach[bin] - from * fall) * sum
                - fall * sumOfSquares;
    }

    private static double sumOfSquaresBelow(double n) { return (n - 1) * n * (2 * n - 1) / 6; }
}
