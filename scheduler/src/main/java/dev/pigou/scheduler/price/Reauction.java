package dev.pigou.scheduler.price;

import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;

/**
 * Puts all KV memory up for auction again, and ranks everybody by the way: who runs by what preempting it would destroy a
 * block, who waits by what it is worth a block-second. Owned by the scheduler's thread; allocates nothing in the steady
 * state.
 */
final class Reauction {
    private final Valuation valuation;
    private final KvPrice price;
    private final DemandCurve demand;
    private final PeakCheck peak;
    private final Treasury treasury;
    private final double peakQuantile;
    private final KvAuction auction = new KvAuction();
    private double latencyPressure;
    private long affordableBlocks;

    Reauction(Valuation valuation, KvPrice price, DemandCurve demand, PeakCheck peak, Treasury treasury,
            double peakQuantile) {
        this.valuation = valuation;
        this.price = price;
        this.demand = demand;
        this.peak = peak;
        this.treasury = treasury;
        this.peakQuantile = peakQuantile;
    }

    /** Credits a second that a longer step costs all who wait for its end. */
    double latencyPressure() {
        return latencyPressure;
    }

    void hold(SchedulerView view, long nowNanos) {
        auction.clear();
        peak.clear();
        demand.recount(nowNanos);
        double pressure = 0;
        affordableBlocks = 0;
        for (int i = 0; i < view.runningCount(); i++) {
            pressure += bidToStay(view.running(i), view, nowNanos);
        }
        for (int i = 0; i < view.waitingCount(); i++) {
            pressure += bidToStart(view.waiting(i), view, nowNanos);
        }
        demand.sum();
        latencyPressure = pressure;
        int blocks = view.kvCache().totalBlocks();
        double excess = (double) affordableBlocks / blocks - 1;
        price.update(auction.clearingDensity(blocks), excess, 0, nowNanos);
    }

    /** Returns what a second costs it, in credits. */
    private double bidToStay(Sequence running, SchedulerView view, long nowNanos) {
        int blocks = running.blocks().size();
        double left = valuation.runningBlockSeconds(running);
        double loss = valuation.lossByPreemption(running, latencyPressure, nowNanos);
        double density = (running.value(nowNanos) + loss) / left;
        running.rank(-loss / Math.max(1, blocks));
        auction.bid(density, blocks);
        demand.inHouse(density, left);
        affordableBlocks += blocks;
        int growth = valuation.quantileRemaining(running, peakQuantile);
        peak.add(Math.max(running.length(), (long) blocks * view.kvCache().blockSize()), growth);
        return running.bid().latencyPrice();
    }

    /** Ranks one that waits; returns its density, in credits a block-second. */
    double rankToStart(Sequence waiting, long nowNanos) {
        double compute = computeCost(waiting);
        double worth = treasury.worth(waiting, compute + price.now() * waiting.footprint(), nowNanos);
        double surplus = FirstOrderCondition.surplus(worth, 1, compute, waiting.bid().latencyPrice(),
                valuation.prefillSeconds(waiting.length()), 0, 0);
        double density = surplus / waiting.footprint();
        waiting.rank(treasury.isEntitled(waiting, nowNanos) ? Double.NEGATIVE_INFINITY : -density);
        return density;
    }

    /** Credits that its step time costs the others, at the present latency pressure. */
    double computeCost(Sequence waiting) {
        double others = Math.max(0, latencyPressure - waiting.bid().latencyPrice());
        double seconds = valuation.prefillSeconds(waiting.length())
                + valuation.expectedRemaining(waiting) * valuation.decodeSeconds(0);
        return others * seconds;
    }

    /** Blocks it will hold on average. */
    private int meanBlocks(Sequence waiting, SchedulerView view) {
        int tokens = waiting.length() + (int) (valuation.expectedRemaining(waiting) / 2);
        return Math.min(view.kvCache().blocksFor(tokens), view.kvCache().totalBlocks());
    }

    private double bidToStart(Sequence waiting, SchedulerView view, long nowNanos) {
        double density = rankToStart(waiting, nowNanos);
        if (!(density > 0)) {
            return 0;
        }
        int blocks = meanBlocks(waiting, view);
        auction.bid(density, blocks);
        demand.inHouse(density, waiting.footprint());
        if (density < price.waiting()) {
            return 0; // it would not run sooner if steps were shorter
        }
        affordableBlocks += blocks;
        return waiting.bid().latencyPrice();
    }
}
