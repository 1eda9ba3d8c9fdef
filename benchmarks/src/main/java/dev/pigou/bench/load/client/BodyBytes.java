package dev.pigou.bench.load.client;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The beginning of a body; what is beyond the most that is wanted of it is passed over. Owned by an event loop. */
final class BodyBytes {
    private final int most;
    private byte[] bytes = new byte[1024];
    private int length;

    BodyBytes(int most) { this.most = most; }

    void add(ByteBuf more) {
        int taken = Math.min(more.readableBytes(), most - length);
        if (length + taken > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + taken));
        }
        more.readBytes(bytes, length, taken);
        length += taken;
    }

    byte[] bytes() { return Arrays.copyOf(bytes, length); }
}
