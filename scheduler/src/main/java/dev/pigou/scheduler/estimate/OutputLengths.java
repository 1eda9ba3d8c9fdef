package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Sequence;

/**
 * How many more tokens a sequence will produce: 0 once it may produce no more. Never more than its {@code
 * max_tokens} and the model leave room for, and at least 1 while it may produce any. Owned by the scheduler's
 * thread; allocates nothing in the steady state.
 */
public interface OutputLengths {
    /** Tokens still to come, in expectation, given those that have come. */
    double expectedRemaining(Sequence sequence);

    /**
     * Variance of the tokens still to come, given those that have come. Memory grows with each token, so a request
     * holds more of it in expectation the less is known of its length; see {@link Residency}. 0 if the length is
     * known.
     */
    default double varianceRemaining(Sequence sequence) { return 0; }

    /**
     * The number of tokens still to come that is not exceeded with probability {@code quantile}.
     *
     * @param quantile in (0, 1)
     */
    int quantileRemaining(Sequence sequence, double quantile);

    /** Most tokens that may still come; 0 if none. */
    static int room(Sequence sequence) {
        return sequence.maxLength() - sequence.length();
    }

    /** A sequence has ended, and knows its reason: if it was cut short, it would have got longer than it did. */
    void observe(Sequence ended);
}
