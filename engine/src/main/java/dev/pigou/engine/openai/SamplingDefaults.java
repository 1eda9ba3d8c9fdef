package dev.pigou.engine.openai;

/**
 * What a request that says nothing gets; the model's authors recommend it in {@code generation_config.json}.
 *
 * @param topK 0 keeps every token
 */
public record SamplingDefaults(float temperature, float topP, int topK, float minP, float repetitionPenalty) {
    /** The model's own distribution, unchanged. */
    public static final SamplingDefaults NEUTRAL = new SamplingDefaults(1f, 1f, 0, 0f, 1f);
}
