package dev.pigou.scheduler.price;

/**
 * The one rule: an option is worth {@code V*dQ - dC - lambda*dL - rho*dR}; the best of several is taken, and none if even the
 * best is below 0 (Zhu, arXiv 2605.01214: the allocator's first-order condition). Every decision here asks it, of other
 * options:
 *
 * <ul>
 * <li>order: who waits is served by {@link #density}, which is the rule at a price of memory that is yet to be found: {@code
 * net - p * blockSeconds} is at least 0 exactly for those whose density is at least p;
 * <li>price: the auction finds the p at which those fill the memory;
 * <li>admission and refusal: what is to be paid must {@link #paysOff} for whoever named a maximum;
 * <li>preemption: what starts must be worth more than what is destroyed; and a victim's loss is the net of
 * losing his memory;
 * <li>quotes: whether to wait is the net of paying less, later;
 * <li>retention: a {@link CachedBlock} is worth the density of keeping it; the least of them is evicted, and memory is not
 * sold below that.
 * </ul>
 *
 * <p>Risk is in the rule and not yet in any decision: nothing measures it.
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
    static double net(double value, double quality, double cost, double latencyPrice, double latencySeconds,
            double riskPrice, double risk) {
        return value * quality - cost - latencyPrice * latencySeconds - riskPrice * risk;
    }

    /**
     * The same of a whole answer without risk.
     *
     * @param worth credits: V less lambda times the delay, as {@link dev.pigou.scheduler.Sequence#value} has it; below 0 for
     *     a loss
     */
    static double net(double worth, double cost) { return worth - cost; }

    /** True unless doing nothing is better. */
    static boolean paysOff(double worth, double cost) {
        return !(net(worth, cost) < 0);
    }

    /** Credits a block-second: the price of memory at which an option is as good as nothing. */
    static double density(double net, double blockSeconds) {
        return net / blockSeconds;
    }
}
