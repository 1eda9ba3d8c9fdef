package dev.pigou.scheduler;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * How the tokens of one sequence are chosen and when it ends. Immutable. Names and meanings follow vLLM's
 * {@code SamplingParams}; ranges are checked by {@link Builder#build}, which throws
 * {@link IllegalArgumentException} with the parameter's OpenAI name at the start of the message.
 */
public final class SamplingParams {
    /** Marks {@link #logprobs} and {@link #promptLogprobs} as not asked for. */
    public static final int NO_LOGPROBS = -1;

    private final float temperature;
    private final float topP;
    private final int topK;
    private final float minP;
    private final OptionalLong seed;
    private final int maxTokens;
    private final int[] stopTokenIds;
    private final boolean ignoreEos;
    private final float repetitionPenalty;
    private final float presencePenalty;
    private final float frequencyPenalty;
    private final int[] biasTokens;
    private final float[] biasValues;
    private final int logprobs;
    private final int promptLogprobs;

    private SamplingParams(Builder b) {
        temperature = b.temperature;
        topP = b.topP;
        topK = b.topK;
        minP = b.minP;
        seed = b.seed;
        maxTokens = b.maxTokens;
        stopTokenIds = b.stopTokenIds;
        ignoreEos = b.ignoreEos;
        repetitionPenalty = b.repetitionPenalty;
        presencePenalty = b.presencePenalty;
        frequencyPenalty = b.frequencyPenalty;
        biasTokens = b.biasTokens;
        biasValues = b.biasValues;
        logprobs = b.logprobs;
        promptLogprobs = b.promptLogprobs;
    }

    public static Builder builder() { return new Builder(); }

    /** The same parameters with another seed. */
    public SamplingParams withSeed(long value) {
        return new Builder(this).seed(value).build();
    }

    /** The same parameters, not asking for the prompt's log-probabilities. */
    public SamplingParams withoutPromptLogprobs() {
        return new Builder(this).promptLogprobs(NO_LOGPROBS).build();
    }

    /** 0 means greedy. */
    public float temperature() { return temperature; }

    public boolean greedy() { return temperature == 0f; }

    /** In (0, 1]; 1 keeps every token. */
    public float topP() { return topP; }

    /** 0 keeps every token. */
    public int topK() { return topK; }

    /** In [0, 1]: tokens less likely than this share of the likeliest are dropped; 0 keeps every token. */
    public float minP() {
        return minP;
    }

    public OptionalLong seed() { return seed; }

    /** Most tokens to generate, at least 0; 0 only scores the prompt. */
    public int maxTokens() {
        return maxTokens;
    }

    /** Ids that end the sequence, the model's end-of-sequence ids not among them. Callers must not write to it. */
    public int[] stopTokenIds() {
        return stopTokenIds;
    }

    public boolean ignoreEos() { return ignoreEos; }

    public float repetitionPenalty() { return repetitionPenalty; }

    public float presencePenalty() { return presencePenalty; }

    public float frequencyPenalty() { return frequencyPenalty; }

    /** True if every token of the vocabulary can be drawn: nothing is cut off by top_p, top_k or min_p. */
    public boolean wholeVocabulary() {
        return topP == 1f && topK == 0 && minP == 0f;
    }

    /** True if logits depend on which tokens have been seen. */
    public boolean penalises() {
        return repetitionPenalty != 1f || presencePenalty != 0f || frequencyPenalty != 0f;
    }

    /** Token ids of {@code logit_bias}, parallel to {@link #biasValues}. Callers must not write to it. */
    public int[] biasTokens() {
        return biasTokens;
    }

    /** Callers must not write to it. */
    public float[] biasValues() { return biasValues; }

    /** How many most likely tokens to report beside each generated one, or {@link #NO_LOGPROBS}. */
    public int logprobs() {
        return logprobs;
    }

    /** The same for each prompt token but the first, or {@link #NO_LOGPROBS}. */
    public int promptLogprobs() {
        return promptLogprobs;
    }

    /** Collects parameters; every default is vLLM's, and {@code maxTokens} must be set. */
    public static final class Builder {
        private float temperature = 1f;
        private float topP = 1f;
        private int topK;
        private float minP;
        private OptionalLong seed = OptionalLong.empty();
        private int maxTokens = 16;
        private int[] stopTokenIds = new int[0];
        private boolean ignoreEos;
        private float repetitionPenalty = 1f;
        private float presencePenalty;
        private float frequencyPenalty;
        private int[] biasTokens = new int[0];
        private float[] biasValues = new float[0];
        private int logprobs = NO_LOGPROBS;
        private int promptLogprobs = NO_LOGPROBS;

        private Builder() {}

        private Builder(SamplingParams from) {
            temperature = from.temperature;
            topP = from.topP;
            topK = from.topK;
            minP = from.minP;
            seed = from.seed;
            maxTokens = from.maxTokens;
            stopTokenIds = from.stopTokenIds;
            ignoreEos = from.ignoreEos;
            repetitionPenalty = from.repetitionPenalty;
            presencePenalty = from.presencePenalty;
            frequencyPenalty = from.frequencyPenalty;
            biasTokens = from.biasTokens;
            biasValues = from.biasValues;
            logprobs = from.logprobs;
            promptLogprobs = from.promptLogprobs;
        }

        public Builder temperature(float value) {
            temperature = value;
            return this;
        }

        public Builder topP(float value) {
            topP = value;
            return this;
        }

        /** 0 and -1 both keep every token. */
        public Builder topK(int value) {
            topK = value == -1 ? 0 : value;
            return this;
        }

        public Builder minP(float value) {
            minP = value;
            return this;
        }

        public Builder seed(long value) {
            seed = OptionalLong.of(value);
            return this;
        }

        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        public Builder stopTokenIds(int... ids) {
            stopTokenIds = ids.clone();
            return this;
        }

        public Builder ignoreEos(boolean value) {
            ignoreEos = value;
            return this;
        }

        public Builder repetitionPenalty(float value) {
            repetitionPenalty = value;
            return this;
        }

        public Builder presencePenalty(float value) {
            presencePenalty = value;
            return this;
        }

        public Builder frequencyPenalty(float value) {
            frequencyPenalty = value;
            return this;
        }

        public Builder logitBias(int[] tokens, float[] values) {
            biasTokens = tokens.clone();
            biasValues = values.clone();
            return this;
        }

        public Builder logprobs(int top) {
            logprobs = top;
            return this;
        }

        public Builder promptLogprobs(int top) {
            promptLogprobs = top;
            return this;
        }

        public SamplingParams build() {
            check(temperature >= 0f && temperature <= 100f, "temperature", temperature, "between 0 and 100");
            check(topP > 0f && topP <= 1f, "top_p", topP, "above 0 and at most 1");
            check(topK >= 0, "top_k", topK, "at least 1, or 0 or -1 for all tokens");
            check(minP >= 0f && minP <= 1f, "min_p", minP, "between 0 and 1");
            check(maxTokens >= 0, "max_tokens", maxTokens, "at least 0");
            check(repetitionPenalty > 0f && repetitionPenalty <= 100f, "repetition_penalty",
                    repetitionPenalty, "above 0 and at most 100");
            check(presencePenalty >= -2f && presencePenalty <= 2f, "presence_penalty", presencePenalty,
                    "between -2 and 2");
            check(frequencyPenalty >= -2f && frequencyPenalty <= 2f, "frequency_penalty", frequencyPenalty,
                    "between -2 and 2");
            check(logprobs >= NO_LOGPROBS, "logprobs", logprobs, "at least 0");
            check(promptLogprobs >= NO_LOGPROBS, "prompt_logprobs", promptLogprobs, "at least 0");
            check(biasTokens.length == biasValues.length, "logit_bias", Arrays.toString(biasValues),
                    "one value for each token");
            for (float value : biasValues) {
                check(value >= -100f && value <= 100f, "logit_bias", value, "between -100 and 100");
            }
            return new SamplingParams(this);
        }

        /** NaN fails every range, for each comparison with it is false. */
        private static void check(boolean holds, String name, Object value, String range) {
            if (!holds) {
                throw new IllegalArgumentException(name + " must be " + range + ", but is " + value);
            }
        }
    }
}
