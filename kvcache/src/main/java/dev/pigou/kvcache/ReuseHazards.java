package dev.pigou.kvcache;

/**
 * How soon idle blocks are used again, learned from how soon they were: for each class of blocks and each bin of idle age
 * the hazard, which is uses over the block-seconds spent there. Blocks that are still idle count with the seconds they have
 * been; without them, and without those that were evicted in the meantime, only what was used soon would be seen.
 *
 * <p>What few have shown is drawn to what is known of all: a class to the pool of classes, and a bin of the pool to the bin
 * before it, as if hazard were in inverse proportion to age. Old evidence fades. Owned by one thread; allocates nothing once
 * constructed.
 */
final class ReuseHazards {
    private static final int BINS = AgeBins.BINS;
    /** Before anything is known, one use in so many block-seconds. */
    private static final double FIRST_SECONDS_PER_USE = 1000;
    /** Blocks of one request are used together, so what one of them says the others only repeat. */
    private static final double PRIOR_REQUESTS = 0.5;
    private static final double LEAST_HAZARD = 1e-15;
    private static final double HALF_LIFE_SECONDS = 3600;

    private final int classes;
    /** By class and bin: what has ended, fading. */
    private final double[] uses;
    private final double[] idleSeconds;
    /** By class and bin: how many are in it now, and the sum of the times at which they became idle. */
    private final int[] open;
    private final double[] openSince;
    private double spells = 1;
    private double tails = 1;
    private double learnedSeconds;

    private final double[] exposure;
    private final double[] pooledHazard = new double[BINS];
    private final double[] hazard = new double[BINS];
    /** The chance of a use within the bin of a block that enters it. */
    private final double[] usedIn = new double[BINS];
    private final double[] yield;

    ReuseHazards(int classes) {
        this.classes = classes;
        uses = new double[classes * BINS];
        idleSeconds = new double[classes * BINS];
        open = new int[classes * BINS];
        openSince = new double[classes * BINS];
        exposure = new double[classes * BINS];
        yield = new double[classes * BINS];
    }

    /** A block is idle from now on. */
    void opened(int blockClass, boolean tail, double sinceSeconds) {
        enter(blockClass * BINS, sinceSeconds);
        spells++;
        tails += tail ? 1 : 0;
    }

    /** A block has been idle until the end of a bin, and is in the next one. */
    void passed(int blockClass, int bin, double sinceSeconds) {
        int cell = blockClass * BINS + bin;
        leave(cell, sinceSeconds, AgeBins.widthSeconds(bin));
        enter(cell + 1, sinceSeconds);
    }

    /** A block is used again, or will not be heard of any more. */
    void closed(int blockClass, int bin, double sinceSeconds, double ageSeconds, boolean used) {
        int cell = blockClass * BINS + bin;
        leave(cell, sinceSeconds, ageSeconds - AgeBins.fromSeconds(bin));
        uses[cell] += used ? 1 : 0;
    }

    private void enter(int cell, double sinceSeconds) {
        open[cell]++;
        openSince[cell] += sinceSeconds;
    }

    private void leave(int cell, double sinceSeconds, double secondsInBin) {
        open[cell]--;
        openSince[cell] -= sinceSeconds;
        idleSeconds[cell] += secondsInBin;
    }

    /**
     * Uses per second that a block will earn for each second that it is kept on: the chance of a use within a horizon over
     * the time it will be kept until then, for the best of all horizons (a Gittins index). As of the last {@link #learn}, for
     * a block at the beginning of the bin.
     */
    double usesPerSecond(int blockClass, int bin) { return yield[blockClass * BINS + bin]; }

    /** Works out the yields anew. */
    void learn(double nowSeconds) {
        fade(nowSeconds);
        double priorSeconds = pool();
        for (int blockClass = 0; blockClass < classes; blockClass++) {
            for (int bin = 0; bin < BINS; bin++) {
                int cell = blockClass * BINS + bin;
                hazard[bin] = shrunk(uses[cell], exposure[cell], pooledHazard[bin], priorSeconds);
                usedIn[bin] = -Math.expm1(-hazard[bin] * AgeBins.widthSeconds(bin));
            }
            for (int bin = 0; bin < BINS; bin++) {
                yield[blockClass * BINS + bin] = bestYield(bin);
            }
        }
    }

    private void fade(double nowSeconds) {
        double kept = Math.pow(0.5, (nowSeconds - learnedSeconds) / HALF_LIFE_SECONDS);
        learnedSeconds = nowSeconds;
        spells *= kept;
        tails *= kept;
        for (int cell = 0; cell < uses.length; cell++) {
            uses[cell] *= kept;
            idleSeconds[cell] *= kept;
            double idleNow = open[cell] * (nowSeconds - AgeBins.fromSeconds(cell % BINS)) - openSince[cell];
            exposure[cell] = idleSeconds[cell] + Math.max(0, idleNow);
        }
    }

    /** Returns the seconds of exposure for which a prior counts. */
    private double pool() {
        double allUses = 1;
        double allExposure = FIRST_SECONDS_PER_USE;
        for (int cell = 0; cell < uses.length; cell++) {
            allUses += uses[cell];
            allExposure += exposure[cell];
        }
        double prior = allUses / allExposure;
        double priorSeconds = PRIOR_REQUESTS * spells / tails / prior;
        for (int bin = 0; bin < BINS; bin++) {
            double binUses = 0;
            double binExposure = 0;
            for (int cell = bin; cell < uses.length; cell += BINS) {
                binUses += uses[cell];
                binExposure += exposure[cell];
            }
            pooledHazard[bin] = shrunk(binUses, binExposure, prior, priorSeconds);
            prior = pooledHazard[bin] / AgeBins.GROWTH;
        }
        return priorSeconds;
    }

    private static double shrunk(double uses, double seconds, double prior, double priorSeconds) {
        return Math.max(LEAST_HAZARD, (uses + prior * priorSeconds) / (seconds + priorSeconds));
    }

    private double bestYield(int from) {
        double idle = 1;
        double used = 0;
        double kept = 0;
        double best = 0;
        for (int bin = from; bin < BINS; bin++) {
            double use = idle * usedIn[bin];
            kept += use / hazard[bin];
            used += use;
            idle -= use;
            best = Math.max(best, used / kept);
        }
        return best;
    }
}
