package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Charge;
import dev.pigou.scheduler.Sequence;

/**
 * The most that a sequence will have to pay: what its quote says, if it came with one, or else what 95 of 100 like it would
 * not exceed; and never more than its bid's max_price, or, if that was left out, than what the answer is worth to its sender
 * when it begins. So nobody is worse off for having asked. Owned by the scheduler's thread; allocates nothing.
 */
final class Bounds {
    private static final double QUANTILE = 0.95;

    private final CostForecast forecast;
    private final QuoteCalibration calibration = new QuoteCalibration();

    Bounds(CostForecast forecast) { this.forecast = forecast; }

    /** Expects what a request costs if it starts now; the forecast is valid until the next. */
    CostForecast expect(Sequence sequence, int cachedTokens, double ownLatencyPrice) {
        return forecast.expect(sequence, cachedTokens, ownLatencyPrice);
    }

    /** What it costs in 95 of 100 cases; the forecast is valid until the next. */
    CostForecast most(Sequence sequence, int cachedTokens, double ownLatencyPrice) {
        return forecast.most(sequence, cachedTokens, ownLatencyPrice, QUANTILE, calibration.factor());
    }

    /** The most that a sequence, and the lease that it may leave behind, cost its sender together. */
    static long limitPico(Sequence sequence, long nowNanos) {
        boolean said = sequence.bid().maxPrice() != Double.POSITIVE_INFINITY;
        return said
                ? saidPico(sequence)
                : Math.min(saidPico(sequence), Picocredits.of(sequence.value(nowNanos)));
    }

    /** By its maximum and its quote. */
    private static long saidPico(Sequence sequence) {
        return Math.min(Picocredits.of(sequence.bid().maxPrice()), sequence.charge().quotedPico());
    }

    /**
     * What its tenant must have for one that would start now: what it is expected to cost. The value of its answer does not
     * lower this: who could not pay the price of what he takes would else take it at his own.
     */
    long neededPico(Sequence starting, int cachedTokens) {
        return Math.min(saidPico(starting), expectedPico(starting, cachedTokens));
    }

    /** Picocredits that one is expected to cost that starts now. */
    private long expectedPico(Sequence starting, int cachedTokens) {
        return Picocredits.of(expect(starting, cachedTokens, starting.bid().latencyPrice()).total(0));
    }

    private long mostPico(Sequence starting, int cachedTokens) {
        double credits = most(starting, cachedTokens, starting.bid().latencyPrice()).total(0);
        return Math.max(Picocredits.of(credits), expectedPico(starting, cachedTokens));
    }

    /** Binds one that starts for the first time. */
    void promise(Sequence starting, long nowNanos) {
        int cached = starting.cachedTokens();
        Charge charge = starting.charge();
        charge.forecast(expectedPico(starting, cached), mostPico(starting, cached));
        charge.bound(limitPico(starting, nowNanos));
        if (charge.quotedPico() == Long.MAX_VALUE) {
            charge.bound(charge.forecastPico());
        }
    }

    /** One has come to its natural end. */
    void learn(Charge charge) {
        calibration.learn(charge.forecastPico(), charge.meteredPico());
    }
}
