package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes one safetensors file, tensor after tensor, through a small buffer: no tensor is ever held whole. The
 * list of tensors is given first, for the format puts it at the head of the file. Not for use by several
 * threads.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final ModelDtype dtype;
    private final long totalElements;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long writtenElements;

    private SafetensorsWriter(FileChannel channel, ModelDtype dtype, long totalElements) {
        this.channel = channel;
        this.dtype = dtype;
        this.totalElements = totalElements;
    }

    /**
     * Starts a file, replacing one that is there, with a header for {@code tensors} in their order.
     *
     * @param dtype what every tensor is stored as
     */
    public static SafetensorsWriter create(Path file, ModelDtype dtype, List<WeightSpec> tensors)
            throws IOException {
        ByteBuffer header = header(dtype, tensors);
        long elements = tensors.stream().mapToLong(WeightSpec::elements).sum();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        SafetensorsWriter writer = new SafetensorsWriter(channel, dtype, elements);
        try {
            writeFully(channel, header);
            return writer;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The length field and the JSON, padded so that the data starts on a multiple of 8. */
    private static ByteBuffer header(ModelDtype dtype, List<WeightSpec> tensors) {
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        json.putObject(SafetensorsHeader.METADATA).put("format", "pt");
        long offset = 0;
        for (WeightSpec tensor : tensors) {
            long end = offset + tensor.elements() * dtype.stored().bytes();
            ObjectNode entry = json.putObject(tensor.name()).put("dtype", dtype.stored().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
        int length = Math.ceilDiv(text.length, Long.BYTES) * Long.BYTES;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(text);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    /**
     * Appends the next {@code count} elements, rounded to the file's dtype (to nearest, ties to even). A call
     * may hold part of a tensor or several.
     *
     * @throws IllegalStateException if that is more than the header promised
     */
    public void write(float[] values, int from, int count) throws IOException {
        if (writtenElements + count > totalElements) {
            throw new IllegalStateException("the header promised " + totalElements + " elements, but "
                    + (writtenElements + count) + " were written");
        }
        for (int i = from; i < from + count; i++) {
            if (buffer.remaining() < Float.BYTES) {
                flush();
            }
            switch (dtype) {
                case FLOAT32 -> buffer.putFloat(values[i]);
                case FLOAT16 -> buffer.putShort(Float.floatToFloat16(values[i]));
                case BFLOAT16 -> buffer.putShort(toBfloat16(values[i]));
            }
        }
        writtenElements += count;
    }

    /** {@link #write(float[], int, int)} of the whole array. */
    public void write(float[] values) throws IOException {
        write(values, 0, values.length);
    }

    /** The upper half of a float, rounded to nearest, ties to even; a NaN stays a NaN. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    private void flush() throws IOException {
        writeFully(channel, buffer.flip());
        buffer.clear();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Ends the file.
     *
     * @throws IllegalStateException if elements the header promised were not written: the file is then
     *     unusable
     */
    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
        }
        if (writtenElements < totalElements) {
            throw new IllegalStateException("the header promised " + totalElements + " elements, but only "
                    + writtenElements + " were written");
        }
    }
}
