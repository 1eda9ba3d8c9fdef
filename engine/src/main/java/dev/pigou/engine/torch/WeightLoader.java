package dev.pigou.engine.torch;

import dev.pigou.engine.model.Checkpoint;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolderException;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.SafetensorsDtype;
import dev.pigou.engine.model.TensorEntry;
import dev.pigou.engine.model.WeightSpec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Moves a checkpoint's tensors into a {@link ModelProgram}, in the order and grouping the program text expects: query,
 * key and value projections joined into one matrix, gate and up projections into another, so that a step needs fewer
 * and larger products.
 */
final class WeightLoader {
    /** One JNI buffer holds less than 2 GiB; larger tensors travel in slices of whole elements. */
    private static final long SLICE_BYTES = 1L << 30;

    private final ModelConfig config;
    private final Checkpoint checkpoint;
    private final ModelProgram program;
    private final DoubleConsumer progress;
    private final Map<String, WeightSpec> specs;
    private int done;

    private WeightLoader(ModelConfig config, Checkpoint checkpoint, ModelProgram program, DoubleConsumer progress) {
        this.config = config;
        this.checkpoint = checkpoint;
        this.program = program;
        this.progress = progress;
        specs = ModelWeights.of(config).stream().collect(Collectors.toMap(WeightSpec::name, Function.identity()));
    }

    /**
     * @param progress told the share of layers loaded, in [0, 1]
     * @throws ModelFolderException if a tensor is missing, or has another shape or a type that is no weight's
     */
    static void load(ModelConfig config, Checkpoint checkpoint, ModelProgram program, DoubleConsumer progress) {
        new WeightLoader(config, checkpoint, program, progress).load();
    }

    private void load() {
        add(ModelWeights.EMBEDDING);
        add(ModelWeights.FINAL_NORM);
        if (config.tieWordEmbeddings()) {
            program.tieWeight(0);
        } else {
            add(ModelWeights.LM_HEAD);
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            addLayer(layer);
            progress.accept((double) ++done / config.layers());
        }
    }

    private void addLayer(int layer) {
        addLayer(layer, "input_layernorm.weight");
        addLayer(layer, "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight");
        addLayer(layer, "self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias");
        addLayer(layer, "self_attn.q_norm.weight");
        addLayer(layer, "self_attn.k_norm.weight");
        addLayer(layer, "self_attn.o_proj.weight");
        addLayer(layer, "self_attn.o_proj.bias");
        addLayer(layer, "post_attention_layernorm.weight");
        addLayer(layer, "mlp.gate_proj.weight", "mlp.up_proj.weight");
        addLayer(layer, "mlp.gate_proj.bias", "mlp.up_proj.bias");
        addLayer(layer, "mlp.down_proj.weight");
        addLayer(layer, "mlp.down_proj.bias");
    }

    /** The layer's {@code parts} as one weight, or an empty place where this model has none of them. */
    private void addLayer(int layer, String... parts) {
        var names = new ArrayList<String>();
        for (String part : parts) {
            String name = ModelWeights.layer(layer, part);
            if (specs.containsKey(name)) {
                names.add(name);
            }
        }
        add(names.toArray(String[]::new));
    }

    private void add(String... names) {
        var slices = new ArrayList<ByteBuffer>();
        var stored = new ArrayList<Integer>();
        long rows = 0;
        long[] shape = {0};
        for (String name : names) {
            WeightSpec spec = specs.get(name);
            if (spec == null) {
                throw new IllegalStateException("the model has no weight " + name);
            }
            TensorEntry tensor = checkpoint.tensor(spec);
            slice(tensor.bytes(), slices);
            while (stored.size() < slices.size()) {
                stored.add(scalarType(tensor));
            }
            shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
            rows += shape[0];
        }
        shape[0] = rows;
        program.addWeight(slices, stored.stream().mapToLong(Integer::longValue).toArray(), shape);
    }

    private static void slice(MemorySegment bytes, List<ByteBuffer> slices) {
        for (long from = 0; from < bytes.byteSize(); from += SLICE_BYTES) {
            slices.add(bytes.asSlice(from, Math.min(SLICE_BYTES, bytes.byteSize() - from)).asByteBuffer());
        }
    }

    private static int scalarType(TensorEntry tensor) {
        return switch (tensor.dtype()) {
            case SafetensorsDtype.F16 -> 5;
            case SafetensorsDtype.F32 -> 6;
            case SafetensorsDtype.BF16 -> 15;
            default -> throw new ModelFolderException(tensor.name() + " is stored as " + tensor.dtype()
                    + "; weights must be F32, F16 or BF16");
        };
    }
}
