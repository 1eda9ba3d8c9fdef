package dev.pigou.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tensors a decoder of a given configuration consists of; the loader and the writer both follow this
 * list.
 */
public final class ModelWeights {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String LM_HEAD = "lm_head.weight";

    private final ModelConfig config;
    private final List<WeightSpec> specs = new ArrayList<>();

    private ModelWeights(ModelConfig config) { this.config = config; }

    /**
     * In checkpoint order: embedding, layers, final norm and, unless it is tied to the embedding, the head.
     */
    public static List<WeightSpec> of(ModelConfig config) {
        ModelWeights weights = new ModelWeights(config);
        weights.add(EMBEDDING, WeightRole.EMBEDDING, config.vocabSize(), config.hiddenSize());
        for (int layer = 0; layer < config.layers(); layer++) {
            weights.addLayer(layer);
        }
        weights.add(FINAL_NORM, WeightRole.NORM, config.hiddenSize());
        if (!config.tieWordEmbeddings()) {
            weights.add(LM_HEAD, WeightRole.LM_HEAD, config.vocabSize(), config.hiddenSize());
        }
        return List.copyOf(weights.specs);
    }

    /** The full name of {@code part} (say {@code self_attn.q_proj.weight}) in one layer. */
    public static String layer(int layer, String part) {
        return "model.layers." + layer + "." + part;
    }

    private void addLayer(int layer) {
        int hidden = config.hiddenSize();
        int queries = config.heads() * config.headDim();
        int keys = config.kvHeads() * config.headDim();
        int inner = config.intermediateSize();
        add(layer(layer, "input_layernorm.weight"), WeightRole.NORM, hidden);
        addLinear(layer, "self_attn.q_proj", WeightRole.QUERY, queries, hidden, config.qkvBias());
        addLinear(layer, "self_attn.k_proj", WeightRole.KEY, keys, hidden, config.qkvBias());
        addLinear(layer, "self_attn.v_proj", WeightRole.VALUE, keys, hidden, config.qkvBias());
        addLinear(layer, "self_attn.o_proj", WeightRole.OUTPUT, hidden, queries, config.outputBias());
        if (config.qkNorm()) {
            add(layer(layer, "self_attn.q_norm.weight"), WeightRole.QK_NORM, config.headDim());
            add(layer(layer, "self_attn.k_norm.weight"), WeightRole.QK_NORM, config.headDim());
        }
        add(layer(layer, "post_attention_layernorm.weight"), WeightRole.NORM, hidden);
        addLinear(layer, "mlp.gate_proj", WeightRole.GATE, inner, hidden, config.mlpBias());
        addLinear(layer, "mlp.up_proj", WeightRole.UP, inner, hidden, config.mlpBias());
        addLinear(layer, "mlp.down_proj", WeightRole.DOWN, hidden, inner, config.mlpBias());
    }

    private void addLinear(int layer, String part, WeightRole role, long out, long in, boolean bias) {
        add(layer(layer, part + ".weight"), role, out, in);
        if (bias) {
            add(layer(layer, part + ".bias"), WeightRole.BIAS, out);
        }
    }

    private void add(String name, WeightRole role, long... shape) {
        specs.add(new WeightSpec(name, Arrays.stream(shape).boxed().toList(), role));
    }
}
