package dev.pigou.scheduler.price;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;

/**
 * Puts all KV memory up for auction again, and ranks everybody by the way: who runs by what preempting it would
 * destroy, who waits by what it is worth a block-second. Who was turned away for want of memory bids on while anybody waits.
 * Owned by the scheduler's thread; allocates nothing in the steady state.
 */
final class Reauction {
    private final Valuation valuation;
    private final Metering metering;
    private final KvPrice price;
    private final DemandCurve demand;
    private final Treasury treasury;
    private final RetentionView retention;
    private final KvAuction auction = new KvAuction();
    private final TurnedAway turnedAway = new TurnedAway();
    private double latencyPressure;
    private double secondPrice;
    private double memoryPressure;
    private double densityKeptOut;

    Reauction(Valuation valuation, Metering metering, KvPrice price, DemandCurve demand, Treasury treasury,
            RetentionView retention) {
        this.valuation = valuation;
        this.metering = metering;
        this.price = price;
        this.demand = demand;
        this.treasury = treasury;
        this.retention = retention;
    }

    /** Credits a second that a longer step costs all who wait for its end. */
    double latencyPressure() {
        return latencyPressure;
    }

    /**
     * Credits that a second of step time spent in vain costs: what it costs those who are delayed, and what all memory, which
     * is held for so much longer, would have brought at the auction of that moment. As of the auction before the last.
     */
    double wastedSecondPrice() { return secondPrice; }

    void hold(SchedulerView view, long nowNanos) {
        secondPrice = latencyPressure + densityKeptOut * view.kvCache().totalBlocks();
        auction.clear();
        memoryPressure = 0;
        demand.recount(nowNanos);
        double pressure = 0;
        for (int i = 0; i < view.runningCount(); i++) {
            pressure += bidToStay(view.running(i), nowNanos);
        }
        for (int i = 0; i < view.waitingCount(); i++) {
            pressure += bidToStart(view.waiting(i), view, nowNanos);
        }
        turnedAway.forget(nowNanos);
        if (view.waitingCount() > 0) { // else nobody is harmed any more by whoever comes
            for (int i = 0; i < turnedAway.size(); i++) {
                pressure += bidAsIfItWaited(turnedAway.get(i), nowNanos);
            }
        }
        int blocks = view.kvCache().totalBlocks();
        demand.sum(blocks);
        latencyPressure = pressure;
        price.update(clearingPrice(blocks), cacheDensity(view, nowNanos), nowNanos);
    }

    /**
     * The density at which memory is sold. The auction of this moment says whether anybody is kept out, and never asks too
     * little of him who pushes in now; but most of whom it keeps out come in a little later. So no more is asked than what
     * is displaced in the end, the density at which demand fills memory in the long run, or what those who wait lose by
     * waiting: each block-second that is taken delays all of them by its part of a second.
     */
    private double clearingPrice(int blocks) {
        densityKeptOut = auction.clearingDensity(blocks);
        double displaced = demand.clearingDensity(blocks);
        double delayed = memoryPressure / blocks;
        return Math.min(densityKeptOut, Math.max(displaced, delayed));
    }

    /** Credits a block-second that the next eviction destroys: the step time it would have saved, at its present price. */
    private double cacheDensity(SchedulerView view, long nowNanos) {
        KvCacheManager cache = view.kvCache();
        boolean free = cache.usedBlocks() + cache.cachedBlocks() < cache.totalBlocks();
        return free ? 0 : retention.leastYield(nowNanos) * latencyPressure;
    }

    /**
     * Returns what a second costs it, in credits: nothing once its tokens come. What preempting it would destroy ranks it; its
     * bid holds that without the rent, for a price that is bid because it is the price feeds on itself and grows without end.
     */
    private double bidToStay(Sequence running, long nowNanos) {
        int blocks = running.blocks().size();
        double left = valuation.runningBlockSeconds(running);
        double value = running.value(nowNanos);
        double recompute = valuation.recomputeSeconds(running);
        double delay = valuation.delayByPreemption(running, recompute, value);
        double loss = -FirstOrderCondition.net(-delay, secondPrice * recompute);
        double lossButForRent = -FirstOrderCondition.net(-delay, latencyPressure * recompute);
        double density = FirstOrderCondition.density(value + lossButForRent, left);
        running.rank(-loss); // not a block: who is last in order goes where a block or two are missing
        auction.bid(density, blocks);
        demand.holds(Valuation.densityAtOnce(running), blocks);
        return running.isDelayed() ? running.bid().latencyPrice() : 0;
    }

    /**
     * Ranks one that waits, by what its answer is worth a block-second; returns that. The step time it takes is not
     * subtracted: priced at what waits, that only ranks by the smallest, and welfare falls (docs/pricing.md). What cannot be
     * afforded now is worth nothing now.
     */
    double rankToStart(Sequence waiting, long nowNanos) {
        return rankToStart(waiting, valuation.expectedRemaining(waiting), nowNanos);
    }

    private double rankToStart(Sequence waiting, double remainingTokens, long nowNanos) {
        double cost = computeCost(waiting, remainingTokens) + price.now() * waiting.footprint();
        double worth = FirstOrderCondition.paysOff(waiting.bid().maxPrice(), cost)
                ? treasury.worth(waiting, cost, nowNanos)
                : 0;
        double density = FirstOrderCondition.density(worth, waiting.footprint());
        waiting.rank(treasury.isEntitled(waiting, nowNanos) ? Double.NEGATIVE_INFINITY : -density);
        return density;
    }

    /** Credits that one that waits is expected to pay if it starts now. */
    double expectedCost(Sequence waiting) {
        return computeCost(waiting) + price.now() * waiting.footprint();
    }

    /** Of that, what no lull makes less: the operator's flat price. */
    double flatCost(Sequence waiting) {
        return metering.flatPart(stepSeconds(waiting, valuation.expectedRemaining(waiting)));
    }

    /** Credits that its step time costs, at the present latency pressure. */
    double computeCost(Sequence waiting) {
        return computeCost(waiting, valuation.expectedRemaining(waiting));
    }

    private double computeCost(Sequence waiting, double remainingTokens) {
        return metering.secondPrice(latencyPressure, waiting.bid().latencyPrice())
                * stepSeconds(waiting, remainingTokens);
    }

    private double stepSeconds(Sequence waiting, double remainingTokens) {
        return valuation.prefillSeconds(waiting.length()) + remainingTokens * valuation.decodeSeconds(0);
    }

    /** Blocks it will hold on average. */
    private static int meanBlocks(Sequence waiting, double remainingTokens, SchedulerView view) {
        int tokens = waiting.length() + (int) (remainingTokens / 2);
        return Math.min(view.kvCache().blocksFor(tokens), view.kvCache().totalBlocks());
    }

    private double bidToStart(Sequence waiting, SchedulerView view, long nowNanos) {
        double remaining = valuation.expectedRemaining(waiting);
        double density = rankToStart(waiting, remaining, nowNanos);
        if (!(density > 0)) {
            return 0;
        }
        demand.waits(density, waiting.footprint());
        return bidFromOutside(density, meanBlocks(waiting, remaining, view), waiting.bid().latencyPrice());
    }

    /** Its turn would have come too late, so it is refused; that it is kept out shows in the prices as if it waited. */
    void turnedAway(Sequence refused, SchedulerView view, long nowNanos) {
        demand.turnedAway(Valuation.densityAtOnce(refused), refused.footprint());
        double worth = treasury.worth(refused, expectedCost(refused), nowNanos);
        if (worth > 0) { // else money kept it out, and not who holds the memory
            int blocks = meanBlocks(refused, valuation.expectedRemaining(refused), view);
            turnedAway.add(new TurnedAway.Bidder(refused.bid(), refused.arrivalNanos(), nowNanos,
                    refused.footprint(), blocks, worth / refused.value(nowNanos)));
        }
    }

    private double bidAsIfItWaited(TurnedAway.Bidder bidder, long nowNanos) {
        double density = FirstOrderCondition.density(bidder.worth(nowNanos), bidder.footprint());
        demand.wouldWait(density, bidder.footprint());
        return bidFromOutside(density, bidder.meanBlocks(), bidder.bid().latencyPrice());
    }

    /**
     * Bids for memory that the bidder does not hold. Returns what a second of step time costs it, in credits: nothing below the
     * price of memory, for then it would not run sooner if steps were shorter.
     */
    private double bidFromOutside(double density, int blocks, double latencyPrice) {
        auction.bid(density, blocks);
        memoryPressure += latencyPrice;
        return density < price.waiting() ? 0 : latencyPrice;
    }
}
