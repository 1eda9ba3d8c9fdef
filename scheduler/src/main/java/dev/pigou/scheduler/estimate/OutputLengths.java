package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Sequence;

/**
 * How many more tokens a sequence will produce. Never more than its {@code max_tokens} and the model leave room for, and
 * at least 1 while it may produce any. Owned by the scheduler's thread; allocates nothing in the steady state.
 */
public interface OutputLengths {
    /** Tokens still to come, in expectation, given those that have come. */
    double expectedRemaining(Sequence sequence);

    /**
     * The number of tokens still to come that is not exceeded with probability {@code quantile}.
     *
     * @param quantile in (0, 1)
     */
    int quantileRemaining(Sequence sequence, double quantile);

    /** A sequence has ended; how long it got is learned from, unless it was cut short from outside. */
    void observe(Sequence ended);
}
