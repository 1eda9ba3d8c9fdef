package dev.pigou.engine;

import dev.pigou.engine.StepSections.Section;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;

/**
 * What one step produced, looked up by the plan's chunks. Reused from step to step and owned by the engine thread.
 *
 * <p>The device hands back one array: the sampled ids (-1 where logits were not finite), then for every row that wants
 * log-probabilities {@code 1 + top} ids, then as many log-probabilities; sampled rows before scored prompt rows.
 */
public final class StepOutput implements StepResult {
    private final StepBatch batch;
    private double[] values = {};

    /** @param batch the step this output belongs to, whenever it is read */
    public StepOutput(StepBatch batch) {
        this.batch = batch;
    }

    /** Takes over what the device returned. */
    public void set(double[] deviceValues) {
        int expected = batch.sections().size(Section.SAMPLED) + 2 * rows() * width();
        if (deviceValues.length != expected) {
            throw new IllegalStateException(
                    "the step returned " + deviceValues.length + " numbers, expected " + expected);
        }
        values = deviceValues;
    }

    @Override
    public int token(int chunk) { return tokenOfRow(batch.rows().sampledRow(chunk)); }

    /** The token of a sampled row; -1 if its logits were not finite. */
    int tokenOfRow(int row) {
        return (int) values[row];
    }

    @Override
    public boolean failed(int chunk) { return batch.rows().sampledRow(chunk) >= 0 && token(chunk) < 0; }

    /** Log-probabilities of the token sampled for {@code chunk}, which must have asked for them. */
    TokenLogprobs logprobs(int chunk, int top) {
        return row(batch.rows().logprobRow(chunk), top);
    }

    /**
     * Log-probabilities of the prompt token at {@code position}, which must lie in the chunk's scored range.
     *
     * @param position of the scored token, so that the row is that of {@code position - 1}
     */
    TokenLogprobs promptLogprobs(StepPlan plan, int chunk, int position, int top) {
        int scored = batch.rows().firstScoredRow(chunk) + position - 1 - plan.from(chunk);
        return row(batch.sections().size(Section.LOGPROB_ROWS) + scored, top);
    }

    private int rows() {
        return batch.sections().size(Section.LOGPROB_ROWS) + batch.sections().size(Section.SCORED);
    }

    private int width() { return 1 + batch.sections().top(); }

    private TokenLogprobs row(int row, int top) {
        int ids = batch.sections().size(Section.SAMPLED) + row * width();
        int logprobs = ids + rows() * width();
        int[] topTokens = new int[top];
        float[] topLogprobs = new float[top];
        for (int i = 0; i < top; i++) {
            topTokens[i] = (int) values[ids + 1 + i];
            topLogprobs[i] = (float) values[logprobs + 1 + i];
        }
        return new TokenLogprobs((int) values[ids], (float) values[logprobs], topTokens, topLogprobs);
    }
}
