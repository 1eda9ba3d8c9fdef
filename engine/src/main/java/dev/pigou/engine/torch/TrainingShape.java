package dev.pigou.engine.torch;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a model to train: a Qwen3 (queries and keys normed by head, no biases) whose output shares the
 * embedding.
 *
 * @param hidden width of the residual stream
 * @param kvHeads divides {@code heads}
 * @param headDim even
 * @param intermediate width of the feed-forward layers
 */
public record TrainingShape(int vocab, int layers, int hidden, int heads, int kvHeads, int headDim,
        int intermediate, double ropeTheta, double normEpsilon) {

    /** @param decoder true for a matrix that adds to the residual stream, and so starts smaller in a deeper model */
    public record Weight(String name, List<Integer> dimensions, boolean decoder) {
        public int elements() {
            return dimensions.stream().reduce(1, Math::multiplyExact);
        }
    }

    public TrainingShape {
        if (heads % kvHeads != 0 || headDim % 2 != 0) {
            throw new IllegalArgumentException("kvHeads " + kvHeads + " must divide heads " + heads
                    + ", and headDim " + headDim + " must be even");
        }
    }

    /** Every weight under its Hugging Face name, in the order the training program expects. */
    public List<Weight> weights() {
        var all = new ArrayList<Weight>();
        all.add(new Weight("model.embed_tokens.weight", List.of(vocab, hidden), false));
        for (int layer = 0; layer < layers; layer++) {
            all.addAll(layer("model.layers." + layer + "."));
        }
        all.add(new Weight("model.norm.weight", List.of(hidden), false));
        return List.copyOf(all);
    }

    private List<Weight> layer(String prefix) {
        int q = heads * headDim;
        int kv = kvHeads * headDim;
        return List.of(new Weight(prefix + "input_layernorm.weight", List.of(hidden), false),
                new Weight(prefix + "self_attn.q_proj.weight", List.of(q, hidden), false),
                new Weight(prefix + "self_attn.k_proj.weight", List.of(kv, hidden), false),
                new Weight(prefix + "self_attn.v_proj.weight", List.of(kv, hidden), false),
                new Weight(prefix + "self_attn.q_norm.weight", List.of(headDim), false),
                new Weight(prefix + "self_attn.k_norm.weight", List.of(headDim), false),
                new Weight(prefix + "self_attn.o_proj.weight", List.of(hidden, q), true),
                new Weight(prefix + "post_attention_layernorm.weight", List.of(hidden), false),
                new Weight(prefix + "mlp.gate_proj.weight", List.of(intermediate, hidden), false),
                new Weight(prefix + "mlp.up_proj.weight", List.of(intermediate, hidden), false),
                new Weight(prefix + "mlp.down_proj.weight", List.of(hidden, intermediate), true));
    }

    public long parameters() {
        return weights().stream().mapToLong(Weight::elements).sum();
    }
}
