package dev.pigou.engine.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The architectures this engine can run. They share one decoder; the differences are biases, norms and
 * windows.
 */
public enum ModelFamily {
    /** May have biases on all four attention projections and in the MLP. */
    LLAMA("LlamaForCausalLM", "llama"),

    /** No biases; a sliding window on every layer or on none. */
    MISTRAL("MistralForCausalLM", "mistral"),

    /** Biases on queries, keys and values; may have windows on some layers. */
    QWEN2("Qwen2ForCausalLM", "qwen2"),

    /** Normalises queries and keys of each head; may have windows on some layers. */
    QWEN3("Qwen3ForCausalLM", "qwen3");

    private final String architecture;
    private final String modelType;

    ModelFamily(String architecture, String modelType) {
        this.architecture = architecture;
        this.modelType = modelType;
    }

    /** The class name in {@code architectures} of config.json. */
    public String architecture() {
        return architecture;
    }

    /** The {@code model_type} of config.json. */
    public String modelType() { return modelType; }

    static Optional<ModelFamily> ofArchitecture(String name) {
        return Arrays.stream(values()).filter(family -> family.architecture.equals(name)).findFirst();
    }

    static Optional<ModelFamily> ofModelType(String name) {
        return Arrays.stream(values()).filter(family -> family.modelType.equals(name)).findFirst();
    }

    /** What an error message lists. */
    static String supported() {
        return Arrays.stream(values()).map(ModelFamily::architecture).collect(Collectors.joining(", "));
    }
}
