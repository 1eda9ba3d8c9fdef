package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.estimate.OutputLengths;
import dev.pigou.scheduler.estimate.Residency;
import dev.pigou.scheduler.estimate.StepCostModel;

/**
 * Sequences in the quantities that are priced: block-seconds still to be held, seconds of step time still to be used, and
 * what would be lost by taking their memory away. Owned by the scheduler's thread; allocates nothing.
 */
final class Valuation {
    /** Steps over which the pace of decoding is averaged. */
    private static final double PACE_STEPS = 32;
    /** Requeues over which the wait after a preemption is averaged. */
    private static final double REQUEUES = 16;
    private static final double FIRST_REQUEUE_SECONDS = 1;

    private final OutputLengths lengths;
    private final StepCostModel cost;
    private final Residency residency;
    private double secondsPerToken;
    private double requeueSeconds = FIRST_REQUEUE_SECONDS;

    Valuation(OutputLengths lengths, StepCostModel cost, int blockSize) {
        this.lengths = lengths;
        this.cost = cost;
        residency = new Residency(blockSize);
        secondsPerToken = cost.baseSeconds();
    }

    void stepTook(double seconds) {
        if (seconds > 0 && seconds < Double.POSITIVE_INFINITY) {
            secondsPerToken += (seconds - secondsPerToken) / PACE_STEPS;
        }
    }

    void requeued(double seconds) { requeueSeconds += (seconds - requeueSeconds) / REQUEUES; }

    /** What a decoding step takes at present. */
    double secondsPerToken() { return secondsPerToken; }

    /** Step time that computing so many tokens from nothing takes, but for the steps' constant part. */
    double prefillSeconds(int tokens) {
        return tokens * cost.secondsPerPrefillToken(0.5 * tokens);
    }

    /** Step time that one more output token takes with so many blocks of context, but for the steps' constant part. */
    double decodeSeconds(int blocks) {
        return cost.secondsPerDecodeSequence() + blocks * cost.secondsPerKvBlockRead();
    }

    double expectedRemaining(Sequence sequence) { return lengths.expectedRemaining(sequence); }

    /** Credits a block-second that it was worth when it came. */
    static double densityAtOnce(Sequence sequence) {
        return FirstOrderCondition.density(sequence.bid().value(), sequence.footprint());
    }

    /** Block-seconds from admission to its end. */
    double waitingBlockSeconds(Sequence waiting) {
        double prefill = prefillSeconds(waiting.length()) + secondsPerToken;
        return residency.expectedBlockSecondsWaiting(waiting, lengths, prefill, secondsPerToken);
    }

    /** Block-seconds until its end, at least those of the next step. */
    double runningBlockSeconds(Sequence running) {
        double rest = residency.expectedBlockSeconds(running, lengths, secondsPerToken);
        return Math.max(rest, running.blocks().size() * secondsPerToken);
    }

    /** Step time that computing again takes what it has computed. */
    double recomputeSeconds(Sequence running) {
        return prefillSeconds(running.computedTokens());
    }

    /** Credits that a preemption costs its own sender: the delay until it runs again and has what it had. */
    double delayByPreemption(Sequence running, double recomputeSeconds, double valueNow) {
        return Math.min(valueNow, running.bid().latencyPrice() * (requeueSeconds + recomputeSeconds));
    }

    /**
     * Credits that are destroyed by a preemption: the delay until it runs again and has what it had, and the step time that
     * computing it again takes from the others. At most the whole value and that step time.
     *
     * @param secondPrice credits that a second of step time spent in vain costs
     */
    double lossByPreemption(Sequence running, double secondPrice, long nowNanos) {
        double recompute = recomputeSeconds(running);
        double delay = delayByPreemption(running, recompute, running.value(nowNanos));
        return -FirstOrderCondition.net(-delay, secondPrice * recompute);
    }

    void learn(Sequence ended) { lengths.observe(ended); }
}
