package dev.pigou.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file, version 3: magic, counts, metadata, the list of tensors, then their data, each at a multiple of
 * {@value #ALIGNMENT} bytes.
 */
final class GgufWriter {
    static final int VERSION = 3;
    /** The format's default; a file with another one would have to say so. */
    static final int ALIGNMENT = 32;

    private GgufWriter() {}

    static void write(Path file, Map<String, GgufValue> metadata, List<GgufTensor> tensors)
            throws IOException {
        try (GgufOutput out = new GgufOutput(Files.newOutputStream(file))) {
            out.bytes("GGUF".getBytes(StandardCharsets.US_ASCII));
            out.unsigned(VERSION);
            out.unsigned((long) tensors.size());
            out.unsigned((long) metadata.size());
            for (Map.Entry<String, GgufValue> entry : metadata.entrySet()) {
                out.text(entry.getKey());
                out.unsigned(entry.getValue().kind());
                out.value(entry.getValue());
            }
            writeList(out, tensors);
            for (GgufTensor tensor : tensors) {
                out.align(ALIGNMENT);
                out.bytes(tensor.bytes().get());
            }
            out.align(ALIGNMENT);
        }
    }

    private static void writeList(GgufOutput out, List<GgufTensor> tensors) throws IOException {
        long offset = 0;
        for (GgufTensor tensor : tensors) {
            out.text(tensor.name());
            out.unsigned(tensor.shape().size());
            for (long dimension : tensor.shape().reversed()) {
                out.unsigned(dimension);
            }
            out.unsigned(tensor.type().code());
            out.unsigned(offset);
            offset += Math.ceilDiv(tensor.byteSize(), ALIGNMENT) * ALIGNMENT;
        }
    }
}
