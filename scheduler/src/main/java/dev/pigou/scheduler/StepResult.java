package dev.pigou.scheduler;

/** What one executed step produced, seen from the scheduler: a token for each chunk that samples. */
public interface StepResult {
    /** The token sampled for chunk {@code chunk} of the plan; only asked where {@link StepPlan#samples} is true. */
    int token(int chunk);

    /** True if the model's numbers for this chunk were not finite, so that no token could be sampled. */
    boolean failed(int chunk);
}
