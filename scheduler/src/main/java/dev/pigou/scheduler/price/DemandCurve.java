package dev.pigou.scheduler.price;

import java.util.Arrays;

/**
 * How much KV memory is asked for at which density: what waits, in block-seconds, and what comes, in block-seconds a
 * second, faded with time. From both follows how long a bid of some density will wait: those above it go first, also those
 * yet to come, for whom some memory is kept free (the waiting time in a priority queue, Cobham, Oper. Res. 2, 1954, with memory
 * as the server). What runs does not count: memory comes free all the time, and whoever is first gets it. Owned by the
 * scheduler's thread; allocates nothing.
 */
final class DemandCurve {
    private static final double MOST_LOAD = 0.98;
    /** Bins to either side in which bids are alike. */
    private static final int NEAR = 2;
    /** About as long as those who wait for an answer to begin have patience. */
    static final double BACKLOG_SECONDS = 15;
    /** As if nothing had come for so long before the first request: a burst at the start is no stream yet. */
    private static final double QUIET_SECONDS_BEFORE = 20;
    /** A stream that is silent for so many of its usual gaps has ended; chance alone would have it so once in 3,000. */
    private static final double GAPS_OF_AN_END = 8;
    /** Nothing is certain: the least share of the time that memory is kept free for in vain, or in need. */
    private static final double LEAST_SHARE = 0.01;
    /** The logistic law with this scale is within a hundredth of the normal one (Bowling and others, 2009). */
    private static final double LOGISTIC = 1.702;

    private final double memorySeconds;
    private final double[] arrivals = new double[DensityBins.COUNT];
    private final long[] lastArrivalNanos = new long[DensityBins.COUNT];
    private final double[] arriving = new double[DensityBins.COUNT];
    private final double[] turnedAway = new double[DensityBins.COUNT];
    private final double[] arrivingAbove = new double[DensityBins.COUNT];
    private final double[] starting = new double[DensityBins.COUNT];
    /** Block-seconds times blocks, of those that started. */
    private final double[] startingSquares = new double[DensityBins.COUNT];
    private final double[] protectedAbove = new double[DensityBins.COUNT];
    /** Of {@link #protectedAbove} what is beyond the mean. */
    private final double[] keptFree = new double[DensityBins.COUNT];
    private final double[] held = new double[DensityBins.COUNT];
    private final double[] backlog = new double[DensityBins.COUNT];
    /** Block-seconds of those who were turned away and would still come. */
    private final double[] keptOut = new double[DensityBins.COUNT];
    private final double[] waitSeconds = new double[DensityBins.COUNT];
    private double observedSeconds = QUIET_SECONDS_BEFORE;
    private long lastNanos;
    private boolean started;

    DemandCurve(double memorySeconds) { this.memorySeconds = memorySeconds; }

    /** A request came that will hold so many block-seconds and pays so much for each. */
    void arrived(double density, double blockSeconds, long nowNanos) {
        int bin = DensityBins.of(density);
        arriving[bin] += blockSeconds;
        arrivals[bin]++;
        lastArrivalNanos[bin] = nowNanos;
    }

    /** Counts what waits anew. */
    void recount(long nowNanos) {
        Arrays.fill(backlog, 0);
        Arrays.fill(keptOut, 0);
        Arrays.fill(held, 0);
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        double keep = Math.exp(-seconds / memorySeconds);
        for (int bin = 0; bin < DensityBins.COUNT; bin++) {
            arriving[bin] *= keep;
            arrivals[bin] *= keep;
            starting[bin] *= keep;
            startingSquares[bin] *= keep;
            turnedAway[bin] *= keep;
        }
        observedSeconds = observedSeconds * keep + memorySeconds * (1 - keep);
    }

    /** Somebody waits who will hold so many block-seconds. */
    void waits(double density, double blockSeconds) {
        backlog[DensityBins.of(density)] += blockSeconds;
    }

    /** Somebody was turned away who would still come: he is in nobody's way, but memory is as scarce as if he waited. */
    void wouldWait(double density, double blockSeconds) {
        keptOut[DensityBins.of(density)] += blockSeconds;
    }

    /** Somebody has started who will hold so many block-seconds, and begins with so many blocks. */
    void started(double density, double blockSeconds, int blocks) {
        int bin = DensityBins.of(density);
        starting[bin] += blockSeconds;
        startingSquares[bin] += blockSeconds * blocks;
    }

    /** One that came was refused, for its turn would have come too late. */
    void turnedAway(double density, double blockSeconds) {
        turnedAway[DensityBins.of(density)] += blockSeconds;
    }

    /** What share of what came of about this density was not turned away; 1 if nothing came. */
    double chanceOfEntry(double density) {
        int bin = DensityBins.of(density);
        double came = 0;
        double turned = 0;
        for (int near = Math.max(0, bin - NEAR); near <= Math.min(DensityBins.COUNT - 1,
                bin + NEAR); near++) {
            came += arriving[near];
            turned += turnedAway[near];
        }
        return came > 0 ? Math.max(0, 1 - turned / came) : 1;
    }

    /** Somebody runs who was worth so much when he started. */
    void holds(double density, int blocks) {
        held[DensityBins.of(density)] += blocks;
    }

    /**
     * Blocks to be kept free of a bid of this density: what those above it will want, but for some of the time, less what they
     * hold now. None for those of whom none has come for long.
     */
    double reservedBlocks(double density) {
        int bin = DensityBins.of(density);
        return bin + 1 < DensityBins.COUNT ? Math.max(0, protectedAbove[bin] - held[bin + 1]) : 0;
    }

    /**
     * Littlewood's protection level (1972): a block is kept free up to the point where those above want it as seldom as this
     * density is less than theirs. What they hold is about normal. Its mean is, by Little's law, the block-seconds a second
     * that start; its variance, as they come one by one and at random, those times the blocks of each.
     *
     * @param starting block-seconds of those above, in {@link #observedSeconds}
     * @param squares block-seconds times blocks of the same
     * @param value credits of the same
     */
    private double protectedBlocks(double density, double starting, double squares, double value) {
        if (starting == 0) {
            return 0;
        }
        double share = Math.clamp(density * starting / value, LEAST_SHARE, 1 - LEAST_SHARE);
        double deviations = Math.log(1 / share - 1) / LOGISTIC;
        return Math.max(0, starting / observedSeconds + deviations * Math.sqrt(squares / observedSeconds));
    }

    /**
     * Turns what was counted into sums from the top, and these into waits.
     *
     * @param blocks all there are
     */
    void sum(int blocks) {
        arrivingAbove[DensityBins.COUNT - 1] = 0;
        double startingAbove = 0;
        double squaresAbove = 0;
        double valueAbove = 0;
        double arrivalsAbove = 0;
        long lastNanosAbove = Long.MIN_VALUE;
        for (int bin = DensityBins.COUNT - 2; bin >= 0; bin--) {
            int next = bin + 1;
            backlog[bin] += backlog[next];
            keptOut[bin] += keptOut[next];
            held[bin] += held[next];
            arrivingAbove[bin] = arrivingAbove[next] + arriving[next];
            startingAbove += starting[next];
            squaresAbove += startingSquares[next];
            valueAbove += starting[next] * DensityBins.middle(next);
            if (arrivals[next] > 0) {
                arrivalsAbove += arrivals[next];
                lastNanosAbove = Math.max(lastNanosAbove, lastArrivalNanos[next]);
            }
            protectedAbove[bin] = hasEnded(arrivalsAbove, lastNanosAbove)
                    ? 0
                    : protectedBlocks(DensityBins.middle(bin), startingAbove, squaresAbove, valueAbove);
            keptFree[bin] = Math.max(0, protectedAbove[bin] - startingAbove / observedSeconds);
            double share = (arrivingAbove[bin] / observedSeconds + keptFree[bin]) / blocks;
            waitSeconds[bin] = backlog[next] / blocks / (1 - Math.min(MOST_LOAD, share));
        }
    }

    private boolean hasEnded(double arrivals, long latestNanos) {
        return arrivals == 0 || (lastNanos - latestNanos) / 1e9 > GAPS_OF_AN_END * observedSeconds / arrivals;
    }

    /**
     * The density at which demand fills memory in the long run: what comes at or above it holds all blocks (Little's law), and
     * of what waits, or was turned away and would still come, so much as has to be served in {@link #BACKLOG_SECONDS}, and
     * what is kept free for them. 0 if memory suffices for all.
     *
     * @param blocks all there are
     */
    double clearingDensity(int blocks) {
        double above = 0;
        for (int bin = DensityBins.COUNT - 1; bin >= 0; bin--) {
            double wanted = Math.max(above, (arrivingAbove[bin] + arriving[bin]) / observedSeconds
                    + (backlog[bin] + keptOut[bin]) / BACKLOG_SECONDS + keptFree[bin]);
            if (wanted > blocks) {
                return DensityBins.within(bin, (wanted - blocks) / (wanted - above));
            }
            above = wanted;
        }
        return 0;
    }

    /** Seconds until a bid of this density has its turn. */
    double waitSeconds(double density) {
        return waitSeconds[DensityBins.of(density)];
    }
}
