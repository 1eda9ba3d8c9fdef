package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.QuantizedWeight;
import dev.pigou.engine.model.SafetensorsDtype;
import dev.pigou.engine.model.TensorEntry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final ModelProgram program;
    private final Quantization quantization;
    private final DoubleConsumer progress;
    private final Map<String, TensorEntry> tensors;
    private final Map<String, QuantizedWeight> quantized;

    private WeightLoader(ModelFolder folder, ModelProgram program, Quantization quantization,
            DoubleConsumer progress) {
        this.config = folder.config();
        this.program = program;
        this.quantization = quantization;
        this.progress = progress;
        tensors = folder.denseWeights().stream()
                .collect(Collectors.toMap(TensorEntry::name, Function.identity()));
        quantized = folder.quantizedWeights();
    }

    /** @param progress told the share of layers loaded, in [0, 1] */
    static void load(ModelFolder folder, ModelProgram program, Quantization quantization,
            DoubleConsumer progress) {
        new WeightLoader(folder, program, quantization, progress).load();
    }

    private void load() {
        add(ModelProgram.NO_MATRIX, ModelWeights.EMBEDDING);
        add(ModelProgram.NO_MATRIX, ModelWeights.FINAL_NORM);
        if (config.tieWordEmbeddings()) {
            program.tieWeight(0, quantization.head());
        } else {
            add(quantization.head(), ModelWeights.LM_HEAD);
        }
        add(ModelProgram.NO_MATRIX); // the head has no bias
        for (int layer = 0; layer < config.layers(); layer++) {
            addLayer(layer);
            progress.accept((layer + 1.0) / config.layers());
        }
    }

    private void addLayer(int layer) {
        addVector(layer, "input_layernorm.weight");
        addMatrix(layer, "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight");
        addVector(layer, "self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias");
        addVector(layer, "self_attn.q_norm.weight");
        addVector(layer, "self_attn.k_norm.weight");
        addMatrix(layer, "self_attn.o_proj.weight");
        addVector(layer, "self_attn.o_proj.bias");
        addVector(layer, "post_attention_layernorm.weight");
        addMatrix(layer, "mlp.gate_proj.weight", "mlp.up_proj.weight");
        addVector(layer, "mlp.gate_proj.bias", "mlp.up_proj.bias");
        addMatrix(layer, "mlp.down_proj.weight");
        addVector(layer, "mlp.down_proj.bias");
    }

    private void addMatrix(int layer, String... parts) { add(layer, quantization.layers(), parts); }

    private void addVector(int layer, String... parts) { add(layer, ModelProgram.NO_MATRIX, parts); }

    /** The layer's {@code parts} as one weight, or an empty place where this model has none of them. */
    private void add(int layer, int format, String... parts) {
        var names = new ArrayList<String>();
        for (String part : parts) {
            String name = ModelWeights.layer(layer, part);
            if (tensors.containsKey(name) || quantized.containsKey(name)) {
                names.add(name);
            }
        }
        add(format, names.toArray(String[]::new));
    }

    private void add(int format, String... names) {
        try (Arena arena = Arena.ofConfined()) { // for one matrix at a time
            add(arena, format, names);
        }
    }

    private void add(Arena arena, int format, String... names) {
        var slices = new ArrayList<ByteBuffer>();
        var stored = new ArrayList<Long>();
        long rows = 0;
        long[] shape = {0};
        for (String name : names) {
            QuantizedWeight integers = quantized.get(name);
            TensorEntry tensor = integers == null
                    ? Objects.requireNonNull(tensors.get(name), name)
                    : dequantize(arena, name, integers);
            slice(tensor.bytes(), slices);
            while (stored.size() < slices.size()) {
                stored.add(scalarType(tensor.dtype()));
            }
            shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
            rows += shape[0];
        }
        shape[0] = rows;
        program.addWeight(slices, stored.stream().mapToLong(Long::longValue).toArray(), shape, format);
        for (String name : names) {
            // Copied; the file's pages need not stay in our memory beside the copy.
            QuantizedWeight integers = quantized.get(name);
            if (integers == null) {
                Objects.requireNonNull(tensors.get(name), name).bytes().unload();
            } else {
                integers.unload();
            }
        }
    }

    private static TensorEntry dequantize(Arena arena, String name, QuantizedWeight integers) {
        var shape = List.of((long) integers.out(), (long) integers.in());
        MemorySegment dense = arena.allocate(shape.getFirst() * shape.getLast() * Float.BYTES, Float.BYTES);
        integers.dequantize(dense);
        return new TensorEntry(name, SafetensorsDtype.F32, shape, dense);
    }

    private static void slice(MemorySegment bytes, List<ByteBuffer> slices) {
        for (long from = 0; from < bytes.byteSize(); from += SLICE_BYTES) {
            slices.add(bytes.asSlice(from, Math.min(SLICE_BYTES, bytes.byteSize() - from)).asByteBuffer());
        }
    }

    /** What opening the folder has made sure of is that weights have one of these types. */
    private static long scalarType(SafetensorsDtype stored) {
        return ModelProgram.scalarType(ModelDtype.ofStored(stored).orElseThrow());
    }
}
