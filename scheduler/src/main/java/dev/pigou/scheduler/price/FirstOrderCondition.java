package dev.pigou.scheduler.price;

/**
 * The one rule that every decision here asks: an option is worth {@code V*dQ - dC - lambda*dL - rho*dR}, the best of
 * several is taken, and none if even the best is below 0 (Zhu, arXiv 2605.01214: the allocator's first-order condition).
 * Admission, order, the choice of a victim, what stays in the cache and what is quoted differ only in their options.
 *
 * @param value V, credits for quality 1
 * @param latencyPrice lambda, credits a second
 * @param riskPrice rho, credits for a risk of 1
 */
public record FirstOrderCondition(double value, double latencyPrice, double riskPrice) {
    /**
     * What an option is worth, in credits.
     *
     * @param quality dQ: what is gained, as a share of the whole value; 1 for an answer, 0 for none
     * @param cost dC, credits: quantities at their prices
     * @param latencySeconds dL
     * @param risk dR, such as the chance that the answer is lost on the way
     */
    public double surplus(double quality, double cost, double latencySeconds, double risk) {
        return surplus(value, quality, cost, latencyPrice, latencySeconds, riskPrice, risk);
    }

    /** The same without an object, for what is asked of hundreds of sequences in a step. */
    static double surplus(double value, double quality, double cost, double latencyPrice,
            double latencySeconds, double riskPrice, double risk) {
        return value * quality - cost - latencyPrice * latencySeconds - riskPrice * risk;
    }
}
