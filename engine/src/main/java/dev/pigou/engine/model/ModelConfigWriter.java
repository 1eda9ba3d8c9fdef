package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code config.json} and {@code generation_config.json} so that transformers, vLLM and we read them
 * alike.
 */
public final class ModelConfigWriter {
    private ModelConfigWriter() {}

    /**
     * Writes both files into an existing folder.
     *
     * @param dtype what the weights are stored as
     */
    public static void write(ModelConfig config, ModelDtype dtype, Path folder) throws IOException {
        JsonFile.write(folder.resolve(ModelConfigReader.CONFIG), config(config, dtype));
        ObjectNode generation = JsonFile.MAPPER.createObjectNode();
        putTokenIds(config, generation);
        generation.put("do_sample", false);
        JsonFile.write(folder.resolve(ModelConfigReader.GENERATION_CONFIG), generation);
    }

    private static ObjectNode config(ModelConfig config, ModelDtype dtype) {
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        json.putArray("architectures").add(config.family().architecture());
        json.put("model_type", config.family().modelType());
        json.put("hidden_size", config.hiddenSize());
        json.put("num_hidden_layers", config.layers());
        json.put("num_attention_heads", config.heads());
        json.put("num_key_value_heads", config.kvHeads());
        json.put("head_dim", config.headDim());
        json.put("intermediate_size", config.intermediateSize());
        json.put("vocab_size", config.vocabSize());
        json.put("max_position_embeddings", config.maxPositionEmbeddings());
        json.put("hidden_act", "silu");
        json.put("rms_norm_eps", config.rmsNormEps());
        json.put("rope_theta", config.ropeTheta());
        putRopeScaling(config.ropeScaling(), json);
        json.put("tie_word_embeddings", config.tieWordEmbeddings());
        putBiases(config, json);
        putWindows(config, json);
        putTokenIds(config, json);
        json.put("torch_dtype", dtype.torchName());
        return json;
    }

    private static void putBiases(ModelConfig config, ObjectNode json) {
        boolean qkv = config.qkvBias();
        boolean expressible = switch (config.family()) {
            case LLAMA -> qkv == config.outputBias();
            case QWEN3 -> qkv == config.outputBias() && !config.mlpBias();
            case MISTRAL -> !qkv && !config.outputBias() && !config.mlpBias();
            case QWEN2 -> qkv && !config.outputBias() && !config.mlpBias();
        };
        if (!expressible) {
            throw new IllegalArgumentException(config.family().architecture() + " has no such biases: q/k/v "
                    + qkv + ", output " + config.outputBias() + ", mlp " + config.mlpBias());
        }
        if (config.family() == ModelFamily.LLAMA || config.family() == ModelFamily.QWEN3) {
            json.put("attention_bias", qkv);
        }
        if (config.family() == ModelFamily.LLAMA) {
            json.put("mlp_bias", config.mlpBias());
        }
    }

    private static void putWindows(ModelConfig config, ObjectNode json) {
        OptionalInt window = config.slidingWindows().stream().filter(OptionalInt::isPresent).findFirst()
                .orElse(OptionalInt.empty());
        boolean alike = config.slidingWindows().stream().allMatch(w -> w.isEmpty() || w.equals(window));
        boolean everywhere = config.slidingWindows().stream().allMatch(OptionalInt::isPresent);
        boolean expressible = switch (config.family()) {
            case LLAMA -> window.isEmpty();
            case MISTRAL -> window.isEmpty() || (alike && everywhere);
            case QWEN2, QWEN3 -> alike;
        };
        if (!expressible) {
            throw new IllegalArgumentException(config.family().architecture()
                    + " cannot have these sliding windows: " + config.slidingWindows().stream()
                            .map(w -> w.isPresent() ? Integer.toString(w.getAsInt()) : "none").toList());
        }
        if (config.family() == ModelFamily.LLAMA) {
            return;
        }
        if (window.isPresent()) {
            json.put("sliding_window", window.getAsInt());
        } else {
            json.putNull("sliding_window");
        }
        if (config.family() != ModelFamily.MISTRAL) {
            putLayerTypes(config, window.isPresent(), json);
        }
    }

    private static void putLayerTypes(ModelConfig config, boolean windowed, ObjectNode json) {
        json.put("use_sliding_window", windowed);
        json.put("max_window_layers", config.layers());
        if (windowed) {
            ArrayNode types = json.putArray("layer_types");
            config.slidingWindows().forEach(
                    w -> types.add(w.isPresent() ? ModelConfigReader.SLIDING : ModelConfigReader.FULL));
        }
    }

    private static void putTokenIds(ModelConfig config, ObjectNode json) {
        config.bosTokenId().ifPresent(id -> json.put("bos_token_id", id));
        if (config.eosTokenIds().size() == 1) {
            json.put("eos_token_id", config.eosTokenIds().getFirst());
        } else if (!config.eosTokenIds().isEmpty()) {
            ArrayNode ids = json.putArray("eos_token_id");
            config.eosTokenIds().forEach(ids::add);
        }
    }

    private static void putRopeScaling(RopeScaling scaling, ObjectNode json) {
        if (scaling instanceof RopeScaling.None) {
            json.putNull("rope_scaling");
            return;
        }
        ObjectNode rope = json.putObject("rope_scaling");
        switch (scaling) {
            case RopeScaling.None _ -> throw new AssertionError("handled above");
            case RopeScaling.Linear linear -> rope.put("rope_type", "linear").put("factor", linear.factor());
            case RopeScaling.Dynamic dynamic ->
                rope.put("rope_type", "dynamic").put("factor", dynamic.factor());
            case RopeScaling.Llama3 llama3 -> rope.put("rope_type", "llama3").put("factor", llama3.factor())
                    .put("low_freq_factor", llama3.lowFreqFactor())
                    .put("high_freq_factor", llama3.highFreqFactor())
                    .put("original_max_position_embeddings", llama3.originalMaxPositions());
            case RopeScaling.Yarn yarn -> putYarn(yarn, rope);
        }
    }

    private static void putYarn(RopeScaling.Yarn yarn, ObjectNode rope) {
        rope.put("rope_type", "yarn").put("factor", yarn.factor())
                .put("original_max_position_embeddings", yarn.originalMaxPositions())
                .put("beta_fast", yarn.betaFast()).put("beta_slow", yarn.betaSlow())
                .put("truncate", yarn.truncate());
        yarn.attentionFactor().ifPresent(value -> rope.put("attention_factor", value));
        yarn.mscale().ifPresent(value -> rope.put("mscale", value));
        yarn.mscaleAllDim().ifPresent(value -> rope.put("mscale_all_dim", value));
    }
}
