package dev.pigou.scheduler.price;

import java.util.Arrays;

/**
 * How much KV memory is asked for at which density: what waits, in block-seconds, and what comes, in block-seconds a
 * second, faded with time. From both follows how long a bid of some density will wait: those above it go first, also those
 * yet to come (the waiting time in a priority queue, Cobham, Oper. Res. 2, 1954, with memory as the server). What runs does
 * not count: memory comes free all the time, and whoever is first gets it. Owned by the scheduler's thread; allocates nothing.
 */
final class DemandCurve {
    private static final double MOST_LOAD = 0.98;
    /** Bins to either side in which bids are alike. */
    private static final int NEAR = 2;
    /** About as long as those who wait for an answer to begin have patience. */
    private static final double BACKLOG_SECONDS = 15;

    private final double memorySeconds;
    private final double[] arriving = new double[DensityBins.COUNT];
    private final double[] turnedAway = new double[DensityBins.COUNT];
    private final double[] arrivingAbove = new double[DensityBins.COUNT];
    private final double[] starting = new double[DensityBins.COUNT];
    private final double[] startingAbove = new double[DensityBins.COUNT];
    private final double[] held = new double[DensityBins.COUNT];
    private final double[] backlog = new double[DensityBins.COUNT];
    private final double[] waitSeconds = new double[DensityBins.COUNT];
    private double observedSeconds;
    private long lastNanos;
    private boolean started;

    DemandCurve(double memorySeconds) { this.memorySeconds = memorySeconds; }

    /** A request came that will hold so many block-seconds and pays so much for each. */
    void arrived(double density, double blockSeconds) {
        arriving[DensityBins.of(density)] += blockSeconds;
    }

    /** Counts what waits anew. */
    void recount(long nowNanos) {
        Arrays.fill(backlog, 0);
        Arrays.fill(held, 0);
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        double keep = Math.exp(-seconds / memorySeconds);
        for (int bin = 0; bin < DensityBins.COUNT; bin++) {
            arriving[bin] *= keep;
            starting[bin] *= keep;
            turnedAway[bin] *= keep;
        }
        observedSeconds = observedSeconds * keep + memorySeconds * (1 - keep);
    }

    /** Somebody waits who will hold so many block-seconds. */
    void waits(double density, double blockSeconds) {
        backlog[DensityBins.of(density)] += blockSeconds;
    }

    /** Somebody has started who will hold so many block-seconds. */
    void started(double density, double blockSeconds) {
        starting[DensityBins.of(density)] += blockSeconds;
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
     * Blocks to be kept free of a bid of this density: what those above it hold in the long run, by Little's law the
     * block-seconds a second that start, less what they hold now. The protection level of revenue management (Littlewood, 1972).
     */
    double reservedBlocks(double density) {
        int bin = DensityBins.of(density);
        if (observedSeconds == 0 || bin + 1 >= DensityBins.COUNT) {
            return 0;
        }
        return Math.max(0, startingAbove[bin] / observedSeconds - held[bin + 1]);
    }

    /**
     * Turns what was counted into sums from the top, and these into waits.
     *
     * @param blocks all there are
     */
    void sum(int blocks) {
        arrivingAbove[DensityBins.COUNT - 1] = 0;
        for (int bin = DensityBins.COUNT - 2; bin >= 0; bin--) {
            backlog[bin] += backlog[bin + 1];
            held[bin] += held[bin + 1];
            arrivingAbove[bin] = arrivingAbove[bin + 1] + arriving[bin + 1];
            startingAbove[bin] = startingAbove[bin + 1] + starting[bin + 1];
            double share = observedSeconds == 0 ? 0 : arrivingAbove[bin] / observedSeconds / blocks;
            waitSeconds[bin] = backlog[bin + 1] / blocks / (1 - Math.min(MOST_LOAD, share));
        }
    }

    /**
     * The density at which demand fills memory in the long run: what comes at or above it holds all blocks (Little's law), and
     * of what waits so much as has to be served in {@link #BACKLOG_SECONDS}. 0 if memory suffices for all.
     *
     * @param blocks all there are
     */
    double clearingDensity(int blocks) {
        double above = 0;
        for (int bin = DensityBins.COUNT - 1; bin >= 0 && observedSeconds > 0; bin--) {
            double wanted = (arrivingAbove[bin] + arriving[bin]) / observedSeconds
                    + backlog[bin] / BACKLOG_SECONDS;
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
