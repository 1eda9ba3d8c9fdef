package dev.pigou.bench.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads a small GGUF file by the format's description and not by the writer's code. */
final class GgufReader {
    /** A tensor's place in the file: dimensions innermost first, as stored. */
    record Tensor(List<Long> dimensions, int type, long offset) {
        long byteSize() {
            int elementBytes = type == 0 ? 4 : 2;
            return dimensions.stream().reduce(1L, (a, b) -> a * b) * elementBytes;
        }
    }

    final int version;
    final Map<String, Object> metadata = new LinkedHashMap<>();
    final Map<String, Tensor> tensors = new LinkedHashMap<>();
    final long dataStart;
    private final ByteBuffer file;

    GgufReader(Path path) throws IOException {
        file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[4];
        file.get(magic);
        if (!new String(magic, StandardCharsets.US_ASCII).equals("GGUF")) {
            throw new IOException("no GGUF file");
        }
        version = file.getInt();
        long tensorCount = file.getLong();
        long entries = file.getLong();
        for (long i = 0; i < entries; i++) {
            metadata.put(text(), value(file.getInt()));
        }
        for (long i = 0; i < tensorCount; i++) {
            readTensor();
        }
        dataStart = (file.position() + 31L) / 32 * 32;
    }

    private void readTensor() {
        String name = text();
        List<Long> dimensions = new ArrayList<>();
        int count = file.getInt();
        for (int i = 0; i < count; i++) {
            dimensions.add(file.getLong());
        }
        tensors.put(name, new Tensor(dimensions, file.getInt(), file.getLong()));
    }

    private Object value(int kind) {
        return switch (kind) {
            case 4, 5 -> file.getInt();
            case 6 -> file.getFloat();
            case 7 -> file.get() != 0;
            case 8 -> text();
            case 9 -> array();
            default -> throw new IllegalStateException("kind " + kind);
        };
    }

    private List<Object> array() {
        int kind = file.getInt();
        long length = file.getLong();
        List<Object> values = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            values.add(value(kind));
        }
        return values;
    }

    private String text() {
        byte[] utf8 = new byte[Math.toIntExact(file.getLong())];
        file.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    long fileBytes() { return file.limit(); }

    Tensor tensor(String name) { return Objects.requireNonNull(tensors.get(name), name); }

    List<?> list(String key) { return (List<?>) Objects.requireNonNull(metadata.get(key), key); }

    byte[] bytes(String name) {
        byte[] bytes = new byte[Math.toIntExact(tensor(name).byteSize())];
        file.get(Math.toIntExact(dataStart + tensor(name).offset()), bytes);
        return bytes;
    }
}
