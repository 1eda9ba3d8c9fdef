package dev.pigou.engine.model;

import java.util.OptionalDouble;

/** How rotary frequencies are stretched to contexts longer than the model was first trained on. */
public sealed interface RopeScaling {
    /** Plain rotary embedding. */
    record None() implements RopeScaling {}

    /** All positions divided by {@code factor}. */
    record Linear(double factor) implements RopeScaling {}

    /** NTK-aware: beyond the model's {@code max_position_embeddings} the base grows with the length. */
    record Dynamic(double factor) implements RopeScaling {}

    /**
     * YaRN (arXiv 2309.00071): fast dimensions keep their frequency, slow ones are interpolated, a ramp
     * between.
     *
     * @param originalMaxPositions tokens the model was trained on before it was stretched
     * @param attentionFactor multiplies cosines and sines; derived from the factor and the two mscales if
     *     absent
     * @param truncate rounds the borders of the ramp to whole dimensions
     */
    record Yarn(double factor, int originalMaxPositions, double betaFast, double betaSlow,
            OptionalDouble attentionFactor, OptionalDouble mscale, OptionalDouble mscaleAllDim,
            boolean truncate) implements RopeScaling {}

    /** Llama 3.1: long wavelengths slowed by {@code factor}, short ones kept, a linear blend between. */
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor,
            int originalMaxPositions) implements RopeScaling {}
}
