package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a body of server-sent events into the data of each, however the network cut it before. Lines may end in LF, CR or
 * both; comments and fields other than {@code data} are passed over; events without data are none. Unlike the standard,
 * an event that the body's end cuts short counts: some servers leave out the last empty line.
 *
 * <p>Copies each byte once into buffers that it keeps, and makes no objects. Owned by an event loop.
 */
final class EventStream {
    private static final int MOST_BYTES = 16 << 20;
    private static final byte[] FIELD = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Events events;
    private byte[] line = new byte[512];
    private int lineLength;
    private byte[] data = new byte[512];
    private int dataLength;
    private boolean dataSeen;
    private boolean lineEndedInReturn;
    private boolean anyLine;

    /** Takes the data of one event, which lies at the beginning of {@code data} until the call returns. */
    @FunctionalInterface
    interface Events {
        void event(byte[] data, int length) throws BadAnswerException;
    }

    EventStream(Events events) { this.events = events; }

    /** Takes the next bytes of the body. */
    void read(ByteBuf bytes) throws BadAnswerException {
        while (bytes.isReadable()) {
            if (lineEndedInReturn && bytes.getByte(bytes.readerIndex()) == '\n') {
                bytes.skipBytes(1); // the second half of one line's end
            }
            lineEndedInReturn = false;
            int end = bytes.forEachByte(ByteProcessor.FIND_CRLF);
            int length = (end < 0 ? bytes.writerIndex() : end) - bytes.readerIndex();
            line = withRoom(line, lineLength, length);
            bytes.readBytes(line, lineLength, length);
            lineLength += length;
            if (end >= 0) {
                lineEndedInReturn = bytes.readByte() == '\r';
                line();
            }
        }
    }

    /** The body is over. */
    void end() throws BadAnswerException {
        if (lineLength > 0) {
            line();
        }
        event();
    }

    private void line() throws BadAnswerException {
        int from = anyLine || !startsWith(BYTE_ORDER_MARK, 0) ? 0 : BYTE_ORDER_MARK.length;
        anyLine = true;
        if (from == lineLength) {
            event();
        } else if (startsWith(FIELD, from)) {
            int colon = from + FIELD.length;
            if (colon == lineLength || line[colon] == ':') {
                int value = Math.min(lineLength, colon + 1);
                field(value < lineLength && line[value] == ' ' ? value + 1 : value);
            }
        }
        lineLength = 0;
    }

    private boolean startsWith(byte[] start, int from) {
        return lineLength >= from + start.length
                && Arrays.equals(line, from, from + start.length, start, 0, start.length);
    }

    private void field(int from) throws BadAnswerException {
        int length = lineLength - from;
        data = withRoom(data, dataLength, length + 1);
        if (dataSeen) {
            data[dataLength++] = '\n';
        }
        System.arraycopy(line, from, data, dataLength, length);
        dataLength += length;
        dataSeen = true;
    }

    private void event() throws BadAnswerException {
        int length = dataLength;
        dataLength = 0;
        dataSeen = false;
        if (length > 0) {
            events.event(data, length);
        }
    }

    private static byte[] withRoom(byte[] buffer, int used, int more) throws BadAnswerException {
        if (used + more <= buffer.length) {
            return buffer;
        }
        if (used + more > MOST_BYTES) {
            throw new BadAnswerException(Failure.Kind.MALFORMED_STREAM,
                    "an event of more than " + MOST_BYTES + " bytes");
        }
        return Arrays.copyOf(buffer, Math.max(2 * buffer.length, used + more));
    }
}
