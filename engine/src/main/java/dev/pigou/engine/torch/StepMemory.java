package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelConfig;

/**
 * What one step of the program takes on the device at most, beside weights and KV pool, with kernels of our own: the tensors
 * of program.py, counted as if all that a layer makes lived at once.
 */
final class StepMemory {
    /** Code of kernels, cuBLAS' workspaces, partial results of attention, and what the allocator cannot use between tensors. */
    static final long FIXED_BYTES = 512L << 20;

    /** Prompt rows whose log-probabilities are found at once. */
    private static final int SCORED_ROWS = 64;
    /** Tensors of logits in float32 that live at once: raw, adjusted, and what an operator makes of one. */
    private static final int FLOAT_LOGITS = 3;

    private StepMemory() {}

    /**
     * @param elementBytes of an activation
     * @param tokens most in a step
     * @param sequences most in a step; each may want logits
     */
    static long bytes(ModelConfig model, int elementBytes, int tokens, int sequences) {
        long queries = (long) model.heads() * model.headDim();
        long keys = (long) model.kvHeads() * model.headDim();
        // Residual and normed rows, before and after; q, k, v as they come, q turned, what was attended; gate, up, product.
        long token = 4L * model.hiddenSize() + 3 * queries + 2 * keys + 3L * model.intermediateSize();
        long rows = Math.min(tokens, sequences) + SCORED_ROWS;
        long logit = elementBytes + (long) FLOAT_LOGITS * Float.BYTES;
        return FIXED_BYTES + tokens * token * elementBytes + rows * model.vocabSize() * logit;
    }
}
