package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.estimate.OutputLengths;
import dev.pigou.scheduler.estimate.Residency;

/**
 * What one request will use, and cost at the prices to come. Mutable, so that one object serves all requests: {@link
 * #expect} first, then the amounts. Owned by the scheduler's thread; allocates only a {@link Cost} when asked for one.
 */
final class CostForecast {
    private final OutputLengths lengths;
    private final Metering metering;
    private final Valuation valuation;
    private final PricePath path;
    private final Residency residency;
    private final int blockSize;
    private double prefillSeconds;
    private double decodeSeconds;
    private double blockSeconds;
    private double leaseSeconds;
    private double leaseBlockSeconds;
    private double firstTokenSeconds;
    private double holdingSeconds;
    private double outputTokens;
    private double ownLatencyPrice;
    private double factor = 1;
    private boolean most;

    CostForecast(OutputLengths lengths, Metering metering, Valuation valuation, PricePath path,
            int blockSize) {
        this.lengths = lengths;
        this.metering = metering;
        this.valuation = valuation;
        this.path = path;
        this.blockSize = blockSize;
        residency = new Residency(blockSize);
    }

    /**
     * From its start to its end, in expectation.
     *
     * @param cachedTokens that it finds computed
     * @param ownLatencyPrice the part of the latency pressure that is its own; 0 if it is not in the house
     */
    CostForecast expect(Sequence sequence, int cachedTokens, double ownLatencyPrice) {
        most = false;
        factor = 1;
        return use(sequence, cachedTokens, ownLatencyPrice, lengths.expectedRemaining(sequence),
                lengths.varianceRemaining(sequence));
    }

    /**
     * What it hardly exceeds, at prices that are hardly exceeded.
     *
     * @param quantile of its length
     * @param calibration on all amounts
     */
    CostForecast most(Sequence sequence, int cachedTokens, double ownLatencyPrice, double quantile,
            double calibration) {
        most = true;
        factor = calibration;
        return use(sequence, cachedTokens, ownLatencyPrice, lengths.quantileRemaining(sequence, quantile), 0);
    }

    private CostForecast use(Sequence sequence, int cachedTokens, double own, double tokens,
            double variance) {
        int length = sequence.length();
        ownLatencyPrice = own;
        outputTokens = tokens;
        leaseSeconds = 0;
        leaseBlockSeconds = 0;
        prefillSeconds = metering.prefillSeconds(cachedTokens, length);
        decodeSeconds = Math.max(0, tokens - 1) * metering.decodeSeconds(length + 0.5 * tokens);
        firstTokenSeconds = prefillSeconds + valuation.secondsPerToken();
        holdingSeconds = firstTokenSeconds + Math.max(0, tokens - 1) * valuation.secondsPerToken();
        blockSeconds = residency.expectedBlockSecondsWaiting(length, tokens, variance, firstTokenSeconds,
                valuation.secondsPerToken());
        return this;
    }

    /** With the rent of the lease that it asks for, to its end. */
    CostForecast withLease(Sequence sequence) {
        leaseSeconds = sequence.cache().leaseNanos() / 1e9;
        int fullBlocks = sequence.promptLength() / blockSize;
        leaseBlockSeconds = leaseSeconds * fullBlocks;
        return this;
    }

    double outputTokens() { return outputTokens; }

    /** From its start. */
    double firstTokenSeconds() { return firstTokenSeconds; }

    double holdingSeconds() { return holdingSeconds; }

    /** Credits if it starts after so many seconds. */
    double total(double delay) {
        return prefill(delay) + decode(delay) + kv(delay) + lease(delay);
    }

    Cost cost(double delay) { return new Cost(prefill(delay), decode(delay), kv(delay), lease(delay)); }

    private double prefill(double delay) {
        return factor * secondPrice(delay, firstTokenSeconds) * prefillSeconds;
    }

    private double decode(double delay) {
        return factor * secondPrice(delay, holdingSeconds) * decodeSeconds;
    }

    private double kv(double delay) { return factor * blockSeconds * kvPrice(delay, holdingSeconds); }

    private double lease(double delay) {
        return leaseSeconds == 0
                ? 0
                : factor * leaseBlockSeconds * kvPrice(delay + holdingSeconds, leaseSeconds);
    }

    private double kvPrice(double delay, double seconds) {
        return most ? path.mostKv(delay, seconds) : path.kv(delay, seconds);
    }

    private double secondPrice(double delay, double seconds) {
        double pressure = most ? path.mostPressure(delay, seconds) : path.pressure(delay, seconds);
        return metering.secondPrice(pressure, ownLatencyPrice);
    }
}
