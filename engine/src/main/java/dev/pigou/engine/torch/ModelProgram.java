package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.RotaryEmbedding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The compiled program text ({@code program.py} beside this class, with one of the texts of
 * kernels) of one model, and its methods by name. Weights and
 * KV pool live inside the program as attributes, where they may have any type; what crosses JNI is numbers of the
 * types {@link TorchRuntime#tensor} lets through. Owned by one thread at a time.
 */
final class ModelProgram implements AutoCloseable {
    /** Format of a weight that nothing is multiplied by. */
    static final int NO_MATRIX = -1;

    private final PtNDManager manager;
    private final PtSymbolBlock block;

    private ModelProgram(PtNDManager manager, PtSymbolBlock block) {
        this.manager = manager;
        this.block = block;
    }

    static ModelProgram load(ModelConfig config, TorchBackend backend, int blockSize) {
        return load(TorchRuntime.newManager(backend.device().device()),
                text("program.py", backend.kernels().programText(), "transfer.py"),
                attributes(config, backend.dtype(), blockSize));
    }

    /**
     * The program with the methods that train it. It has no weights of its own: they travel with every call, and stay
     * in float32.
     *
     * @param dtype what matrices are multiplied in
     */
    static ModelProgram loadForTraining(PtNDManager manager, ModelConfig config, ModelDtype dtype) {
        ModelProgram program = load(manager, text("program.py", "kernels_aten.py", "training.py"),
                attributes(config, dtype, 1));
        program.setRope(RotaryEmbedding.of(config, config.maxPositionEmbeddings()), config);
        return program;
    }

    private static ModelProgram load(PtNDManager manager, String text, Map<String, Object> attributes) {
        JniUtils.setGraphExecutorOptimize(false);
        byte[] archive = ScriptArchive.write(text, attributes);
        try (var in = new ByteArrayInputStream(archive)) {
            return new ModelProgram(manager,
                    JniUtils.loadModule(manager, in, manager.getDevice().isGpu(), false));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory only
        }
    }

    /** Parts of one class. */
    private static String text(String... names) {
        return Stream.of(names).map(ModelProgram::text).collect(Collectors.joining("\n"));
    }

    private static String text(String name) {
        try (InputStream in = ModelProgram.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> attributes(ModelConfig config, ModelDtype dtype, int blockSize) {
        var attributes = new LinkedHashMap<String, Object>();
        attributes.put("training", false);
        attributes.put("layers", config.layers());
        attributes.put("heads", config.heads());
        attributes.put("kv_heads", config.kvHeads());
        attributes.put("head_dim", config.headDim());
        attributes.put("block_size", blockSize);
        attributes.put("window", window(config));
        attributes.put("eps", config.rmsNormEps());
        attributes.put("dtype", scalarType(dtype));
        attributes.put("weights", ScriptArchive.EmptyList.TENSORS);
        attributes.put("formats", ScriptArchive.EmptyList.INTS);
        attributes.put("widths", ScriptArchive.EmptyList.INTS);
        attributes.put("windowed", ScriptArchive.EmptyList.INTS);
        attributes.put("rope", ScriptArchive.EmptyList.TENSORS);
        attributes.put("keys", ScriptArchive.EmptyList.TENSORS);
        attributes.put("values", ScriptArchive.EmptyList.TENSORS);
        return attributes;
    }

    /** The sliding window of the layers that have one; 0 if none has. All that have one share it. */
    private static int window(ModelConfig config) {
        return config.slidingWindows().stream().filter(w -> w.isPresent()).mapToInt(w -> w.getAsInt())
                .findFirst().orElse(0);
    }

    /** PyTorch's number of the type (c10/core/ScalarType.h). */
    static int scalarType(ModelDtype dtype) {
        return switch (dtype) {
            case FLOAT16 -> 5;
            case FLOAT32 -> 6;
            case BFLOAT16 -> 15;
        };
    }

    /**
     * Appends a weight made of byte slices joined along the first dimension; no slices keep an empty place.
     *
     * @param stored PyTorch's number of each slice's type
     * @param format how a matrix is packed, or {@link #NO_MATRIX}
     */
    void addWeight(List<ByteBuffer> slices, long[] stored, long[] shape, int format) {
        try (NDManager step = manager.newSubManager()) {
            var tensors = slices.stream().map(
                    slice -> TorchRuntime.tensor(step, slice, new Shape(slice.remaining()), DataType.UINT8))
                    .toArray(PtNDArray[]::new);
            call("add_weight", IValue.listFrom(tensors), IValue.listFrom(stored), IValue.listFrom(shape),
                    IValue.from((long) format)).close();
        }
    }

    /** Appends the weight at {@code index} once more, as a matrix of that format. */
    void tieWeight(int index, int format) {
        call("tie_weight", IValue.from((long) index), IValue.from((long) format)).close();
    }

    /** Hands over the rotation table and makes room for {@code slots} tokens' keys and values in each layer. */
    void allocate(RotaryEmbedding rope, ModelConfig config, long slots) {
        setRope(rope, config);
        long[] windowed = config.slidingWindows().stream().mapToLong(w -> w.isPresent() ? 1 : 0).toArray();
        call("allocate", IValue.listFrom(windowed), IValue.from(slots)).close();
    }

    private void setRope(RotaryEmbedding rope, ModelConfig config) {
        try (NDManager step = manager.newSubManager()) {
            var shape = new Shape(rope.positions(), config.headDim() / 2);
            PtNDArray cos = TorchRuntime.tensor(step, FloatBuffer.wrap(rope.cos()), shape, DataType.FLOAT32);
            PtNDArray sin = TorchRuntime.tensor(step, FloatBuffer.wrap(rope.sin()), shape, DataType.FLOAT32);
            call("set_rope", IValue.from(cos), IValue.from(sin)).close();
        }
    }

    /** Runs the method {@code run} and returns its numbers. What it is given stays on the host: the program copies it. */
    double[] run(ByteBuffer numbers, long whole, long[] counts, long[] groups) {
        try (PtNDManager host = (PtNDManager) manager.newSubManager(Device.cpu())) {
            PtNDArray packed = TorchRuntime.tensor(host, numbers, new Shape(numbers.remaining() / Long.BYTES),
                    DataType.INT64);
            try (IValue result = call("run", IValue.from(packed), IValue.from(whole), IValue.listFrom(counts),
                    IValue.listFrom(groups))) {
                return result.toTensor(host).toDoubleArray();
            }
        }
    }

    /** What PyTorch's allocator keeps for the next step goes back to the GPU; a CPU's keeps nothing. */
    void releaseCachedMemory() {
        if (manager.getDevice().isGpu()) {
            JniUtils.emptyCudaCache();
        }
    }

    PtSymbolBlock block() { return block; }

    private IValue call(String method, IValue... arguments) {
        try {
            return IValueUtils.runMethod(block, method, arguments);
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
