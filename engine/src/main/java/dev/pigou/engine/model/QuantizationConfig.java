package dev.pigou.engine.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a checkpoint's matrices were quantised: {@code quantization_config} of config.json. Always 4 bits.
 *
 * @param groupSize inputs that share a scale and a zero point; -1 for all of a row
 * @param zeroOffset what is added to a stored zero point
 * @param dense parts of names of modules that were left as they are
 */
public record QuantizationConfig(Method method, int groupSize, int zeroOffset, List<String> dense) {
    private static final String KEY = "quantization_config";

    /** Which tool's layout the tensors have. */
    public enum Method {
        AWQ, GPTQ;

        /** As {@code quant_method} and {@code --quantization} write it. */
        public String flag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public QuantizationConfig {
        dense = List.copyOf(dense);
    }

    /**
     * What config.json says; empty for a model that is not quantised.
     *
     * @throws ModelFolderException naming the key that asks for what is not supported
     */
    static Optional<QuantizationConfig> read(JsonObject config) {
        return config.object(KEY).map(QuantizationConfig::of);
    }

    private static QuantizationConfig of(JsonObject json) {
        String name = json.string("quant_method").orElseThrow(() -> json.missing("quant_method"));
        return switch (name) {
            case "awq" -> awq(json);
            case "gptq" -> gptq(json);
            default -> throw json.problem("quant_method",
                    "is " + name + "; supported are awq and gptq, and checkpoints that are not quantised");
        };
    }

    private static void requireFourBits(JsonObject json, String key) {
        int bits = json.requiredInteger(key);
        if (bits != 4) {
            throw json.problem(key, "is " + bits + "; only 4 is supported, so take a 4-bit checkpoint");
        }
    }

    private static QuantizationConfig awq(JsonObject json) {
        requireFourBits(json, json.has("w_bit") ? "w_bit" : "bits");
        String version = json.string("version").orElse("gemm");
        if (!version.equalsIgnoreCase("gemm")) {
            throw json.problem("version", "is " + version + "; only gemm is supported, so quantise with it");
        }
        if (!json.bool("zero_point", true)) {
            throw json.problem("zero_point",
                    "is false; only true is supported, so quantise with zero points");
        }
        return new QuantizationConfig(Method.AWQ,
                groupSize(json, json.has("q_group_size") ? "q_group_size" : "group_size"), 0,
                json.strings("modules_to_not_convert").orElse(List.of()));
    }

    private static QuantizationConfig gptq(JsonObject json) {
        requireFourBits(json, "bits");
        String format = json.string("checkpoint_format").orElse("gptq");
        if (!format.equals("gptq") && !format.equals("gptq_v2")) {
            throw json.problem("checkpoint_format", "is " + format
                    + "; supported are gptq and gptq_v2, so save the checkpoint as one of these");
        }
        for (String key : List.of("dynamic", "modules_in_block_to_quantize")) {
            if (json.has(key)) {
                throw json.problem(key, "is set; all layers must be quantised alike, so quantise without it");
            }
        }
        if (json.bool("lm_head", false)) {
            throw json.problem("lm_head", "is true; the head must be dense, so quantise without it");
        }
        return new QuantizationConfig(Method.GPTQ, groupSize(json, "group_size"),
                format.equals("gptq") ? 1 : 0, json.strings("modules_to_not_convert").orElse(List.of()));
    }

    private static int groupSize(JsonObject json, String key) {
        int size = json.requiredInteger(key);
        if (size != -1 && size < 1) {
            throw json.problem(key, "is " + size + ", but must be positive, or -1 for whole rows");
        }
        return size;
    }

    /** Whether the checkpoint has integers in this weight's place. */
    boolean covers(WeightSpec weight) {
        boolean matrix = switch (weight.role()) {
            case QUERY, KEY, VALUE, OUTPUT, GATE, UP, DOWN -> true;
            case EMBEDDING, NORM, QK_NORM, BIAS, LM_HEAD -> false;
        };
        return matrix && dense.stream().noneMatch(weight.name()::contains);
    }

    @Override
    public String toString() {
        return method.flag() + ", 4 bits, "
                + (groupSize < 0 ? "a scale a row" : "a scale for each " + groupSize + " inputs");
    }
}
