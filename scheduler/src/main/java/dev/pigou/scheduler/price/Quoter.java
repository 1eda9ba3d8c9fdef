package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;

/** Tells what a request would cost before it is sent. Owned by the scheduler's thread; allocates only the quote. */
public final class Quoter {
    private static final long VALID_NANOS = 5_000_000_000L;
    private static final double LONGEST_DELAY_SECONDS = 512;

    private final Bounds bounds;
    private final Reauction reauction;
    private final Valuation valuation;
    private final DemandCurve demand;
    private final KvPrice kvPrice;
    private double bestDelay;
    private double bestCredits;

    Quoter(Bounds bounds, Reauction reauction, Valuation valuation, DemandCurve demand, KvPrice kvPrice) {
        this.bounds = bounds;
        this.reauction = reauction;
        this.valuation = valuation;
        this.demand = demand;
        this.kvPrice = kvPrice;
    }

    /**
     * Quotes a sequence that was not added and will not be, as if it arrived now.
     *
     * @param asked after {@link dev.pigou.scheduler.Scheduler#requireFeasible}
     * @param view of the scheduler that it would be added to
     */
    public Quote quote(Sequence asked, SchedulerView view, long nowNanos) {
        int cached = view.cachedTokens(asked);
        double wait = waitSeconds(asked, view, nowNanos);
        CostForecast forecast = bounds.expect(asked, cached, 0).withLease(asked);
        Cost expected = forecast.cost(wait);
        double outputTokens = forecast.outputTokens();
        double firstTokenSeconds = wait + forecast.firstTokenSeconds();
        searchCheapest(asked.bid(), forecast, wait, nowNanos);
        Cost most = bounds.most(asked, cached, 0).withLease(asked).cost(wait);
        return new Quote(expected, most.total() < expected.total() ? expected : most, asked.promptLength(),
                cached, outputTokens, firstTokenSeconds, bestDelay, bestCredits, nowNanos + VALID_NANOS);
    }

    private double waitSeconds(Sequence asked, SchedulerView view, long nowNanos) {
        int needed = view.kvCache().blocksFor(asked.length() + 1);
        if (kvPrice.waiting() == 0 && needed <= view.kvCache().availableBlocks()
                && view.runningCount() < view.config().maxNumSeqs()) {
            return 0;
        }
        asked.footprint(valuation.waitingBlockSeconds(asked));
        double density = reauction.rankToStart(asked, nowNanos);
        return demand.waitSeconds(density);
    }

    /** Tries to send it later, by delays that double. */
    private void searchCheapest(Bid bid, CostForecast forecast, double wait, long nowNanos) {
        double now = forecast.total(wait);
        double patience = bid.deadlineNanos() == Bid.NO_DEADLINE
                ? LONGEST_DELAY_SECONDS
                : Math.min(LONGEST_DELAY_SECONDS, (bid.deadlineNanos() - nowNanos) / 1e9);
        double bestSaving = 0;
        bestDelay = 0;
        bestCredits = now;
        for (double delay = 1; delay <= patience; delay *= 2) {
            double start = Math.max(wait, delay);
            double credits = forecast.total(start);
            double lost = Math.min(bid.value(), bid.latencyPrice() * (start - wait));
            double saving = FirstOrderCondition.net(now - credits, lost);
            if (saving > bestSaving) {
                bestSaving = saving;
                bestDelay = delay;
                bestCredits = credits;
            }
        }
    }
}
