package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.TensorEntry;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes a golden model as AWQ and GPTQ tools do, and beside it the dense model that its integers stand for. */
final class QuantizedFolders {

    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};
    private static final JsonMapper JSON = JsonMapper.shared();

    /** A tensor as the file has it. */
    private record Stored(String dtype, List<Long> shape, ByteBuffer bytes) {}

    private final Map<String, Stored> quantized = new LinkedHashMap<>();
    private final Map<String, Stored> dense = new LinkedHashMap<>();
    private final SplittableRandom random = new SplittableRandom(7);
    private final ObjectNode config;

    private QuantizedFolders(ObjectNode config) { this.config = config; }

    /** Writes {@code quantized} and {@code dense} below {@code to}. */
    static void write(Path golden, String quantizationConfig, Path to) throws IOException {
        var folders = new QuantizedFolders((ObjectNode) JSON.readTree(quantizationConfig));
        try (ModelFolder folder = ModelFolder.open(golden)) {
            folder.weights().forEach(folders::add);
        }
        var json = (ObjectNode) JSON.readTree(Files.readAllBytes(golden.resolve("config.json")));
        write(to.resolve("dense"), json, folders.dense);
        json.set("quantization_config", folders.config);
        write(to.resolve("quantized"), json, folders.quantized);
    }

    private void add(TensorEntry tensor) {
        String name = tensor.name();
        boolean kept = config.path("modules_to_not_convert").valueStream()
                .anyMatch(part -> name.contains(part.stringValue()));
        if (name.endsWith("_proj.weight") && !kept) {
            quantize(tensor);
            return;
        }
        var stored = new Stored(tensor.dtype().name(), tensor.shape(),
                bytes((int) tensor.bytes().byteSize()).put(tensor.bytes().asByteBuffer()).flip());
        quantized.put(name, stored);
        dense.put(name, stored);
    }

    private void quantize(TensorEntry tensor) {
        boolean awq = config.path("quant_method").stringValue().equals("awq");
        int out = tensor.shape().get(0).intValue();
        int in = tensor.shape().get(1).intValue();
        int size = config.path("group_size").intValue() < 0 ? in : config.path("group_size").intValue();
        int[] group = groups(in, size);
        int[] numbers = new int[in * out];
        int[] zeros = new int[in / size * out];
        ByteBuffer scales = bytes(zeros.length * 2);
        ByteBuffer values = bytes(numbers.length * 4);
        for (int o = 0; o < out; o++) {
            float[] least = new float[in / size];
            float[] most = new float[in / size];
            for (int i = 0; i < in; i++) {
                least[group[i]] = Math.min(least[group[i]], weight(tensor, o * in + i));
                most[group[i]] = Math.max(most[group[i]], weight(tensor, o * in + i));
            }
            for (int i = 0; i < in; i++) {
                int g = group[i];
                short half = Float.floatToFloat16(Math.max((most[g] - least[g]) / 14, 1e-4f));
                float scale = Float.float16ToFloat(half);
                int zero = Math.clamp(Math.round(-least[g] / scale), 1, 15);
                int number = Math.clamp(Math.round(weight(tensor, o * in + i) / scale) + zero, 0, 15);
                numbers[i * out + o] = number;
                zeros[g * out + o] = zero;
                scales.putShort((g * out + o) * 2, half);
                values.putFloat((o * in + i) * 4, (number - zero) * scale);
            }
        }
        dense.put(tensor.name(), new Stored("F32", List.of((long) out, (long) in), values));
        String module = tensor.name().replace("weight", "");
        int offset = !awq && !config.path("checkpoint_format").asString("gptq").equals("gptq_v2") ? 1 : 0;
        quantized.put(module + "qweight", awq ? across(numbers, in, out, 0, true) : down(numbers, in, out));
        quantized.put(module + "qzeros", across(zeros, in / size, out, offset, awq));
        quantized.put(module + "scales", new Stored("F16", List.of((long) (in / size), (long) out), scales));
        if (!awq) {
            ByteBuffer index = bytes(in * 4);
            for (int i = 0; i < in; i++) {
                index.putInt(i * 4, group[i]);
            }
            quantized.put(module + "g_idx", new Stored("I32", List.of((long) in), index));
        }
    }

    /** In order, or shuffled as desc_act does. */
    private int[] groups(int in, int size) {
        int[] group = new int[in];
        for (int i = 0; i < in; i++) {
            group[i] = i / size;
        }
        for (int i = in - 1; config.path("desc_act").asBoolean(false) && i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = group[i];
            group[i] = group[other];
            group[other] = kept;
        }
        return group;
    }

    private static float weight(TensorEntry tensor, int at) {
        return switch (tensor.dtype()) {
            case BF16 ->
                Float.intBitsToFloat(tensor.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, at * 2L) << 16);
            case F32 -> tensor.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, at * 4L);
            default -> throw new AssertionError(tensor.dtype());
        };
    }

    /** Eight columns to a word. */
    private static Stored across(int[] numbers, int rows, int columns, int offset, boolean interleaved) {
        ByteBuffer words = bytes(rows * columns / 2);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column += 8) {
                int word = 0;
                for (int i = 0; i < 8; i++) {
                    int from = column + (interleaved ? AWQ_ORDER[i] : i);
                    word |= (numbers[row * columns + from] - offset) << (4 * i);
                }
                words.putInt((row * columns + column) / 2, word);
            }
        }
        return new Stored("I32", List.of((long) rows, (long) (columns / 8)), words);
    }

    /** Eight rows to a word. */
    private static Stored down(int[] numbers, int rows, int columns) {
        ByteBuffer words = bytes(rows * columns / 2);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = (row / 8 * columns + column) * 4;
                words.putInt(at, words.getInt(at) | (numbers[row * columns + column] << (4 * (row % 8))));
            }
        }
        return new Stored("I32", List.of((long) (rows / 8), (long) columns), words);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void write(Path folder, ObjectNode config, Map<String, Stored> tensors)
            throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(config));
        ObjectNode header = JSON.createObjectNode();
        int end = 0;
        for (var tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", tensor.getValue().dtype());
            for (long size : tensor.getValue().shape()) {
                entry.withArray("shape").add(size);
            }
            entry.putArray("data_offsets").add(end).add(end += tensor.getValue().bytes().capacity());
        }
        byte[] text = JSON.writeValueAsString(header).getBytes(UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + end).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text);
        tensors.values().forEach(tensor -> file.put(tensor.bytes().duplicate().clear()));
        Files.write(folder.resolve("model.safetensors"), file.array());
    }
}
