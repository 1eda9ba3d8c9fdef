package dev.pigou.engine.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The shape of a decoder, from {@code config.json}. A value of this type is consistent: its constructor
 * throws {@link IllegalArgumentException}, naming config.json's key, where a value is absurd.
 *
 * @param headDim elements of one attention head; even, and not always hiddenSize / heads
 * @param maxPositionEmbeddings as config.json says; see {@link #maxContextTokens} for what the model can
 *     really take
 * @param qkvBias the query, key and value projections have biases
 * @param outputBias the attention's output projection has one
 * @param slidingWindows one for each layer; empty means that the layer attends to everything before
 * @param torchDtype the dtype the model was saved in, if config.json says so
 * @param eosTokenIds ids that end an answer: generation_config.json's, else config.json's
 */
public record ModelConfig(ModelFamily family, int hiddenSize, int layers, int heads, int kvHeads, int headDim,
        int intermediateSize, int vocabSize, int maxPositionEmbeddings, double rmsNormEps, double ropeTheta,
        RopeScaling ropeScaling, boolean tieWordEmbeddings, boolean qkvBias, boolean outputBias,
        boolean mlpBias, List<OptionalInt> slidingWindows, Optional<ModelDtype> torchDtype,
        List<Integer> eosTokenIds, OptionalInt bosTokenId) {

    /** Bounds far above any real model; within them no size of a tensor overflows a long. */
    static final int MAX_LAYERS = 10_000;
    private static final int MAX_DIMENSION = 1 << 24;
    private static final int MAX_HEAD_DIM = 1 << 16;
    private static final int MAX_POSITIONS = 1 << 28;

    public ModelConfig {
        checkRange("hidden_size", hiddenSize, MAX_DIMENSION);
        checkRange("num_hidden_layers", layers, MAX_LAYERS);
        checkRange("num_attention_heads", heads, MAX_DIMENSION);
        checkRange("num_key_value_heads", kvHeads, heads);
        check(heads % kvHeads == 0, "num_key_value_heads", kvHeads,
                "a divisor of num_attention_heads " + heads);
        checkRange("head_dim", headDim, MAX_HEAD_DIM);
        check(headDim % 2 == 0, "head_dim", headDim, "even");
        check((long) heads * headDim <= MAX_DIMENSION, "num_attention_heads", heads,
                "at most " + MAX_DIMENSION + " when multiplied by head_dim " + headDim);
        checkRange("intermediate_size", intermediateSize, MAX_DIMENSION);
        checkRange("vocab_size", vocabSize, MAX_DIMENSION);
        checkRange("max_position_embeddings", maxPositionEmbeddings, MAX_POSITIONS);
        check(rmsNormEps > 0 && rmsNormEps < 1, "rms_norm_eps", rmsNormEps, "above 0 and below 1");
        check(ropeTheta > 1 && ropeTheta <= 1e15, "rope_theta", ropeTheta, "above 1 and at most 1e15");
        slidingWindows = List.copyOf(slidingWindows);
        check(slidingWindows.size() == layers, "layer_types", slidingWindows.size(),
                "one for each of the " + layers + " layers");
        for (OptionalInt window : slidingWindows) {
            check(window.isEmpty() || window.getAsInt() > 0, "sliding_window", window, "at least 1");
        }
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int id : eosTokenIds) {
            checkTokenId("eos_token_id", id, vocabSize);
        }
        if (bosTokenId.isPresent()) {
            checkTokenId("bos_token_id", bosTokenId.getAsInt(), vocabSize);
        }
    }

    /**
     * Reads {@code config.json} and, where there is one, the token ids of {@code generation_config.json}.
     *
     * @throws ModelFolderException if a file is missing, is not JSON, or asks for something unsupported or
     *     absurd
     */
    public static ModelConfig read(Path folder) { return ModelConfigReader.read(folder); }

    /** A builder that starts from this configuration. */
    public ModelConfigBuilder toBuilder() {
        return new ModelConfigBuilder(this);
    }

    /** Queries and keys are normalised, head by head, before they are rotated. */
    public boolean qkNorm() {
        return family == ModelFamily.QWEN3;
    }

    /**
     * A token of this layer attends to itself and the {@code window - 1} tokens before it; empty: to all
     * before.
     */
    public OptionalInt slidingWindow(int layer) { return slidingWindows.get(layer); }

    /** Most tokens of prompt and answer together, rope scaling counted in; the same rule as vLLM's. */
    public int maxContextTokens() {
        double tokens = switch (ropeScaling) {
            case RopeScaling.None _,RopeScaling.Llama3 _ -> maxPositionEmbeddings;
            case RopeScaling.Linear linear -> maxPositionEmbeddings * linear.factor();
            case RopeScaling.Dynamic dynamic -> maxPositionEmbeddings * dynamic.factor();
            case RopeScaling.Yarn yarn -> yarn.originalMaxPositions() * yarn.factor();
        };
        return (int) Math.min(tokens, MAX_POSITIONS);
    }

    private static void checkTokenId(String key, int id, int vocabSize) {
        check(id >= 0 && id < vocabSize, key, id, "at least 0 and below vocab_size " + vocabSize);
    }

    private static void checkRange(String key, int value, int max) {
        check(value >= 1 && value <= max, key, value, "between 1 and " + max);
    }

    private static void check(boolean holds, String key, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(key + " is " + value + ", but must be " + allowed);
        }
    }
}
