package dev.pigou.scheduler.price;

/**
 * An option is worth {@code V*dQ - dC - lambda*dL - rho*dR}; the best of several is taken, and none if even the best is below
 * 0 (Zhu, arXiv 2605.01214: the allocator's first-order condition). Preemption asks it as it stands. The order of those who
 * wait is its form where memory is what is short: at a price p of a block-second, {@code V - p * footprint} is at least 0
 * for those whose worth a block-second is at least p.
 */
final class FirstOrderCondition {
    private FirstOrderCondition() {}

    /**
     * What an option is worth, in credits.
     *
     * @param value V, credits for quality 1
     * @param quality dQ: what is gained, as a share of the whole value; 1 for an answer, 0 for none
     * @param cost dC, credits: quantities at their prices
     * @param latencyPrice lambda, credits a second
     * @param latencySeconds dL
     * @param riskPrice rho, credits for a risk of 1
     * @param risk dR, such as the chance that the answer is lost on the way
     */
    static double surplus(double value, double quality, double cost, double latencyPrice,
            double latencySeconds, double riskPrice, double risk) {
        return value * quality - cost - latencyPrice * latencySeconds - riskPrice * risk;
    }
}
