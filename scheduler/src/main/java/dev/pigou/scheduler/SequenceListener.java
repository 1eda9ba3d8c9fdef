package dev.pigou.scheduler;

/**
 * What the owner of a {@link Sequence} hears from the scheduler. Called on the thread that owns the scheduler,
 * inside {@link Scheduler#apply} or {@link Scheduler#finish}; implementations must return at once and must not
 * call back into the scheduler.
 */
public interface SequenceListener {
    /**
     * One more token was produced and appended.
     *
     * @param chunk index of the sequence's chunk in the step's {@link StepPlan}, to look up what else the step
     *     produced for it
     */
    void onToken(Sequence sequence, int token, int chunk);

    /** The sequence ended and holds no blocks any more. Called exactly once, after its last {@code onToken}. */
    void onFinished(Sequence sequence, FinishReason reason);

    /** Who hears of the end of the lease that the sequence may leave behind. Kept as long as that lasts, so it should hold little. */
    default PrefixLease.Listener ofLeases() {
        return PrefixLease.Listener.NOBODY;
    }
}
