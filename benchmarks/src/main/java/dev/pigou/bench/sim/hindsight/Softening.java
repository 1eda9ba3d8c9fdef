package dev.pigou.bench.sim.hindsight;

import java.util.Arrays;

/**
 * Spreads work over all slots of a range that are nearly as cheap as the cheapest. If all of it went to the very cheapest,
 * demand would leap from slot to slot at each change of prices, and the search for prices would not settle.
 */
final class Softening {
    /** Slots that cost more than the cheapest by this part of the mean price get a share smaller by a factor of e. */
    private static final double TOLERANCE = 0.02;

    private final double[] weights;
    /** Sums of the weights of all slots before this one. */
    private final double[] before;
    /** Work that may be done in any slot from this one on. */
    private final double[] deferrable;

    Softening(int slots) {
        weights = new double[slots];
        before = new double[slots + 1];
        deferrable = new double[slots];
    }

    void price(double[] prices) {
        double least = Arrays.stream(prices).min().orElse(0);
        double mean = Arrays.stream(prices).sum() / prices.length;
        double scale = mean > 0 ? 1 / (TOLERANCE * mean) : 0;
        for (int slot = 0; slot < weights.length; slot++) {
            weights[slot] = Math.exp((least - prices[slot]) * scale);
            before[slot + 1] = before[slot] + weights[slot];
        }
        Arrays.fill(deferrable, 0);
    }

    /** Work in [from, to], the cheapest of which is {@code cheapest}. */
    void spread(double work, int from, int to, int cheapest, double[] demand) {
        double total = before[to + 1] - before[from];
        if (total > 1e-9 * before[weights.length]) {
            for (int slot = from; slot <= to; slot++) {
                demand[slot] += work * weights[slot] / total;
            }
        } else {
            demand[cheapest] += work;
        }
    }

    /** Work in any slot from this one on; added by {@link #settle}. */
    void defer(double work, int from, int cheapest, double[] demand) {
        double total = before[weights.length] - before[from];
        if (total > 1e-9 * before[weights.length]) {
            deferrable[from] += work / total;
        } else {
            demand[cheapest] += work;
        }
    }

    /** Adds what was deferred. */
    void settle(double[] demand) {
        double waiting = 0;
        for (int slot = 0; slot < weights.length; slot++) {
            waiting += deferrable[slot];
            demand[slot] += waiting * weights[slot];
        }
        Arrays.fill(deferrable, 0);
    }
}
