package dev.pigou.bench.peer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The format's primitives over a stream, little-endian, and how many bytes they have taken. Owned by one thread. */
final class GgufOutput implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 20;

    private final OutputStream stream;
    private long position;

    GgufOutput(OutputStream stream) { this.stream = new BufferedOutputStream(stream, CHUNK_BYTES); }

    long position() { return position; }

    void unsigned(int value) throws IOException { number(value, Integer.BYTES); }

    void unsigned(long value) throws IOException { number(value, Long.BYTES); }

    void bytes(byte[] bytes) throws IOException {
        stream.write(bytes);
        position += bytes.length;
    }

    void bytes(MemorySegment bytes) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, bytes.byteSize())];
        for (long from = 0; from < bytes.byteSize(); from += chunk.length) {
            int length = (int) Math.min(chunk.length, bytes.byteSize() - from);
            MemorySegment.copy(bytes, from, MemorySegment.ofArray(chunk), 0, length);
            stream.write(chunk, 0, length);
        }
        position += bytes.byteSize();
    }

    void text(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        unsigned((long) utf8.length);
        bytes(utf8);
    }

    /** A value without its kind, as arrays hold it. */
    void value(GgufValue value) throws IOException {
        switch (value) {
            case GgufValue.Unsigned unsigned -> unsigned(unsigned.value());
            case GgufValue.Signed signed -> unsigned(signed.value());
            case GgufValue.Real real -> unsigned(Float.floatToIntBits(real.value()));
            case GgufValue.Flag flag -> number(flag.value() ? 1 : 0, 1);
            case GgufValue.Text text -> text(text.value());
            case GgufValue.Array array -> {
                unsigned(array.elementKind());
                unsigned((long) array.elements().size());
                for (GgufValue element : array.elements()) {
                    value(element);
                }
            }
        }
    }

    /** Zeros up to the next multiple of {@code alignment}. */
    void align(int alignment) throws IOException {
        bytes(new byte[(int) (Math.ceilDiv(position, alignment) * alignment - position)]);
    }

    private void number(long value, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            stream.write((int) (value >>> (8 * i)));
        }
        position += bytes;
    }

    @Override
    public void close() throws IOException { stream.close(); }
}
