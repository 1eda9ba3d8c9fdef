package dev.pigou.bench.peer;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.SafetensorsDtype;
import dev.pigou.engine.model.TensorEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A model folder's weights as llama.cpp wants them: other names, vectors in single precision and, in Llama's family, the
 * rows of queries and keys in another order.
 *
 * <p>A checkpoint rotates element j of a head together with element j + headDim / 2; llama.cpp, for Llama, rotates
 * neighbours. So its row 2j is the checkpoint's j, and its row 2j + 1 the checkpoint's j + headDim / 2. For Qwen it
 * rotates as the checkpoint does.
 */
final class GgufWeights {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final Map<String, String> WHOLE_MODEL = Map.of(ModelWeights.EMBEDDING, "token_embd.weight",
            ModelWeights.FINAL_NORM, "output_norm.weight", ModelWeights.LM_HEAD, "output.weight");
    private static final Map<String, String> PARTS_OF_LAYERS = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"), Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"), Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"), Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"), Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"), Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));
    private static final String LAYERS = "model.layers.";

    private final ModelConfig config;
    private final boolean rotatesNeighbours;

    private GgufWeights(ModelConfig config, boolean rotatesNeighbours) {
        this.config = config;
        this.rotatesNeighbours = rotatesNeighbours;
    }

    /** All tensors, valid as long as the folder is open. */
    static List<GgufTensor> of(ModelFolder folder, boolean rotatesNeighbours) {
        GgufWeights weights = new GgufWeights(folder.config(), rotatesNeighbours);
        return folder.weights().stream().map(weights::tensor).toList();
    }

    private GgufTensor tensor(TensorEntry entry) {
        boolean vector = entry.shape().size() == 1;
        GgmlType type = vector ? GgmlType.F32 : GgmlType.of(ModelDtype.ofStored(entry.dtype()).orElseThrow());
        Supplier<MemorySegment> stored = vector ? () -> singlePrecision(entry) : entry::bytes;
        boolean reordered = rotatesNeighbours
                && (entry.name().contains(".q_proj.") || entry.name().contains(".k_proj."));
        Supplier<MemorySegment> bytes = reordered
                ? () -> neighbours(stored.get(), entry.shape().getFirst(), config.headDim())
                : stored;
        return new GgufTensor(name(entry.name()), entry.shape(), type, bytes);
    }

    /** Say, {@code blk.3.attn_q.weight} for {@code model.layers.3.self_attn.q_proj.weight}. */
    static String name(String checkpointName) {
        if (!checkpointName.startsWith(LAYERS)) {
            return required(WHOLE_MODEL, checkpointName);
        }
        int afterLayer = checkpointName.indexOf('.', LAYERS.length());
        int afterPart = checkpointName.lastIndexOf('.');
        return "blk." + checkpointName.substring(LAYERS.length(), afterLayer) + "."
                + required(PARTS_OF_LAYERS, checkpointName.substring(afterLayer + 1, afterPart))
                + checkpointName.substring(afterPart);
    }

    private static String required(Map<String, String> names, String name) {
        String found = names.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no name in GGUF files is known for the weight " + name);
        }
        return found;
    }

    private static MemorySegment singlePrecision(TensorEntry entry) {
        if (entry.dtype() == SafetensorsDtype.F32) {
            return entry.bytes();
        }
        long elements = entry.bytes().byteSize() / SHORT.byteSize();
        MemorySegment floats = MemorySegment.ofArray(new byte[(int) (elements * FLOAT.byteSize())]);
        for (long i = 0; i < elements; i++) {
            short half = entry.bytes().get(SHORT, i * SHORT.byteSize());
            float value = entry.dtype() == SafetensorsDtype.F16
                    ? Float.float16ToFloat(half)
                    : Float.intBitsToFloat(half << 16);
            floats.set(FLOAT, i * FLOAT.byteSize(), value);
        }
        return floats;
    }

    /** The rows of each head with those that are rotated together side by side. */
    private static MemorySegment neighbours(MemorySegment bytes, long rows, int headDim) {
        long rowBytes = bytes.byteSize() / rows;
        MemorySegment reordered = MemorySegment.ofArray(new byte[Math.toIntExact(bytes.byteSize())]);
        for (long row = 0; row < rows; row++) {
            long head = row - row % headDim;
            long pair = row % headDim / 2;
            long source = head + pair + row % 2 * (headDim / 2);
            MemorySegment.copy(bytes, source * rowBytes, reordered, row * rowBytes, rowBytes);
        }
        return reordered;
    }
}
