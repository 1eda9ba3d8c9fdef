package dev.pigou.engine.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes a {@link ModelConfig} of {@code config.json}, with transformers' defaults where a key is absent. */
final class ModelConfigReader {
    static final String CONFIG = "config.json";
    static final String GENERATION_CONFIG = "generation_config.json";

    static final String SLIDING = "sliding_attention";
    static final String FULL = "full_attention";

    private final JsonObject json;
    private final ModelFamily family;

    private ModelConfigReader(JsonObject json) {
        this.json = json;
        this.family = family(json);
    }

    static ModelConfig read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelFolderException(folder,
                    "is not a directory; give the folder that holds " + CONFIG);
        }
        ModelConfig config = new ModelConfigReader(JsonFile.read(folder.resolve(CONFIG))).config();
        Path generation = folder.resolve(GENERATION_CONFIG);
        if (!Files.exists(generation)) {
            return config;
        }
        List<Integer> eos = JsonFile.read(generation).integers("eos_token_id");
        try {
            return eos.isEmpty() ? config : config.toBuilder().eosTokenIds(eos).build();
        } catch (IllegalArgumentException e) {
            throw new ModelFolderException(generation, String.valueOf(e.getMessage()), e);
        }
    }

    private static ModelFamily family(JsonObject json) {
        List<String> architectures = json.strings("architectures").orElse(List.of());
        if (!architectures.isEmpty()) {
            String name = architectures.getFirst();
            return ModelFamily.ofArchitecture(name).orElseThrow(() -> json.problem("architectures",
                    "names " + name + "; supported are " + ModelFamily.supported()));
        }
        String type = json.string("model_type").orElseThrow(() -> json.missing("architectures"));
        return ModelFamily.ofModelType(type).orElseThrow(() -> json.problem("model_type",
                "is " + type + "; supported are " + ModelFamily.supported()));
    }

    private ModelConfig config() {
        refuseUnsupported();
        RopeParameters rope = RopeParameters.read(json, maxPositionEmbeddings());
        int layers = json.requiredInteger("num_hidden_layers");
        boolean attentionBias = family != ModelFamily.MISTRAL && family != ModelFamily.QWEN2
                && json.bool("attention_bias", false);
        ModelConfigBuilder builder = new ModelConfigBuilder(family).layers(layers)
                .hiddenSize(json.requiredInteger("hidden_size"))
                .heads(json.requiredInteger("num_attention_heads"))
                .intermediateSize(json.requiredInteger("intermediate_size"))
                .vocabSize(json.requiredInteger("vocab_size")).maxPositionEmbeddings(maxPositionEmbeddings())
                .rmsNormEps(json.number("rms_norm_eps").orElse(1e-6)).ropeTheta(rope.theta())
                .ropeScaling(rope.scaling()).tieWordEmbeddings(json.bool("tie_word_embeddings", false))
                .qkvBias(family == ModelFamily.QWEN2 || attentionBias).outputBias(attentionBias)
                .mlpBias(family == ModelFamily.LLAMA && json.bool("mlp_bias", false))
                .slidingWindows(slidingWindows(layers)).eosTokenIds(json.integers("eos_token_id"));
        json.integer("num_key_value_heads").ifPresent(builder::kvHeads);
        headDim().ifPresent(builder::headDim);
        json.integers("bos_token_id").stream().findFirst()
                .ifPresent(id -> builder.bosTokenId(OptionalInt.of(id)));
        torchDtype().ifPresent(builder::torchDtype);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ModelFolderException(json.file(), String.valueOf(e.getMessage()), e);
        }
    }

    private void refuseUnsupported() {
        String activation = json.string("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw json.problem("hidden_act", "is " + activation + "; only silu is supported");
        }
        if (json.number("partial_rotary_factor").orElse(1) != 1) {
            throw json.problem("partial_rotary_factor",
                    "is set; only rotation of whole heads (1.0) is supported");
        }
    }

    private int maxPositionEmbeddings() {
        return json.integer("max_position_embeddings").orElse(switch (family) {
            case LLAMA -> 2048;
            case MISTRAL -> 131_072;
            case QWEN2, QWEN3 -> 32_768;
        });
    }

    /** Qwen3's heads have 128 elements unless the key is there; a null means hidden / heads for everybody. */
    private OptionalInt headDim() {
        return family == ModelFamily.QWEN3 && !json.mentions("head_dim")
                ? OptionalInt.of(128)
                : json.integer("head_dim");
    }

    private Optional<ModelDtype> torchDtype() {
        String key = json.has("dtype") ? "dtype" : "torch_dtype";
        return json.string(key).map(name -> ModelDtype.ofTorchName(name).orElseThrow(
                () -> json.problem(key, "is " + name + ", but must be float32, float16 or bfloat16")));
    }

    private List<OptionalInt> slidingWindows(int layers) {
        if (layers < 1 || layers > ModelConfig.MAX_LAYERS) {
            return List.of(); // the constructor of ModelConfig says what is wrong with it
        }
        return switch (family) {
            case LLAMA -> Collections.nCopies(layers, OptionalInt.empty());
            case MISTRAL -> Collections.nCopies(layers, window());
            case QWEN2,
                    QWEN3 ->
                json.bool("use_sliding_window", false)
                        ? qwenWindows(layers, window())
                        : Collections.nCopies(layers, OptionalInt.empty());
        };
    }

    /**
     * Tokens a windowed layer sees; transformers takes 4096 where the key is absent, and none where it is
     * null.
     */
    private OptionalInt window() {
        return json.mentions("sliding_window") ? json.integer("sliding_window") : OptionalInt.of(4096);
    }

    private List<OptionalInt> qwenWindows(int layers, OptionalInt window) {
        List<OptionalInt> windows = new ArrayList<>(layers);
        Optional<List<String>> types = json.strings("layer_types");
        if (types.isPresent()) {
            for (String type : types.get()) {
                if (!type.equals(SLIDING) && !type.equals(FULL)) {
                    throw json.problem("layer_types",
                            "names " + type + "; supported are " + FULL + ", " + SLIDING);
                }
                windows.add(type.equals(SLIDING) ? window : OptionalInt.empty());
            }
            return windows;
        }
        int firstWindowed = json.integer("max_window_layers").orElse(28);
        for (int layer = 0; layer < layers; layer++) {
            windows.add(layer >= firstWindowed ? window : OptionalInt.empty());
        }
        return windows;
    }
}
