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

    /** The matrices of a layer, those that become one together. */
    static final List<String> QKV = List.of("self_attn.q_proj.weight", "self_attn.k_proj.weight",
            "self_attn.v_proj.weight");
    static final String OUTPUT = "self_attn.o_proj.weight";
    static final List<String> GATE_UP = List.of("mlp.gate_proj.weight", "mlp.up_proj.weight");
    static final String DOWN = "mlp.down_proj.weight";

    private final ModelConfig config;
    private final ModelProgram program;
    private final Quantization quantization;
    private final DoubleConsumer progress;
    private final Map<String, TensorEntry> tensors;
    private final Map<String, QuantizedWeight> quantized;
    private final KeptIntegers kept;

    private WeightLoader(ModelFolder folder, ModelProgram program, TorchBackend backend,
            DoubleConsumer progress) {
        this.config = folder.config();
        this.program = program;
        quantization = backend.quantization();
        this.progress = progress;
        tensors = folder.denseWeights().stream()
                .collect(Collectors.toMap(TensorEntry::name, Function.identity()));
        quantized = folder.quantizedWeights();
        kept = KeptIntegers.of(folder);
    }

    /** @param progress told the share of layers loaded, in [0, 1] */
    static void load(ModelFolder folder, ModelProgram program, TorchBackend backend,
            DoubleConsumer progress) {
        new WeightLoader(folder, program, backend, progress).load();
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
        addMatrix(layer, QKV);
        addVector(layer, "self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias");
        addVector(layer, "self_attn.q_norm.weight");
        addVector(layer, "self_attn.k_norm.weight");
        addMatrix(layer, List.of(OUTPUT));
        addVector(layer, "self_attn.o_proj.bias");
        addVector(layer, "post_attention_layernorm.weight");
        addMatrix(layer, GATE_UP);
        addVector(layer, "mlp.gate_proj.bias", "mlp.up_proj.bias");
        addMatrix(layer, List.of(DOWN));
        addVector(layer, "mlp.down_proj.bias");
    }

    private void addMatrix(int layer, List<String> parts) {
        List<String> names = names(layer, parts);
        if (names.stream().allMatch(kept::contains)) {
            addIntegers(names);
        } else {
            add(quantization.layers(), names.toArray(String[]::new));
        }
    }

    /** The layer's {@code parts} as one weight, or an empty place where this model has none of them. */
    private void addVector(int layer, String... parts) {
        add(ModelProgram.NO_MATRIX,
                names(layer, List.of(parts)).stream().filter(tensors::containsKey).toArray(String[]::new));
    }

    static List<String> names(int layer, List<String> parts) {
        return parts.stream().map(part -> ModelWeights.layer(layer, part)).toList();
    }

    /** One matrix of what a checkpoint has in 4 bits, as it is. */
    private void addIntegers(List<String> names) {
        List<QuantizedWeight> parts = names.stream()
                .map(name -> Objects.requireNonNull(quantized.get(name), name)).toList();
        int out = parts.stream().mapToInt(QuantizedWeight::out).sum();
        int in = parts.getFirst().in();
        int groups = parts.getFirst().groups();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate((long) out * in);
            MemorySegment scales = arena.allocate((long) out * groups * Float.BYTES, Float.BYTES);
            MemorySegment zeros = arena.allocate((long) out * groups);
            long row = 0;
            for (QuantizedWeight part : parts) {
                part.copyNumbers(numbers.asSlice(row * in));
                part.copyGroups(scales.asSlice(row * groups * Float.BYTES), zeros.asSlice(row * groups));
                row += part.out();
            }
            program.addQuantized(numbers.asByteBuffer(), scales.asByteBuffer(), zeros.asByteBuffer(), out, in,
                    groups);
        }
        parts.forEach(QuantizedWeight::unload);
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
