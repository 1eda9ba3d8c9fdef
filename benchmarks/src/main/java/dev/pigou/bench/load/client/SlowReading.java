package dev.pigou.bench.load.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.util.concurrent.TimeUnit;

/**
 * Takes bytes off the socket at a given pace, on a channel that reads only when told: after each read it waits as long as
 * the bytes of that read should have taken. Owned by an event loop.
 */
final class SlowReading extends ChannelDuplexHandler {
    private static final int READS_A_SECOND = 20;
    private static final int MOST_BYTES = 64 << 10;

    private final int bytesPerSecond;
    private int lastBytes;

    SlowReading(int bytesPerSecond) { this.bytesPerSecond = bytesPerSecond; }

    /** Makes each read so short that there are several a second. */
    static FixedRecvByteBufAllocator allocator(int bytesPerSecond) {
        var allocator = new FixedRecvByteBufAllocator(readBytes(bytesPerSecond));
        allocator.maxMessagesPerRead(1);
        return allocator;
    }

    static int readBytes(int bytesPerSecond) {
        return Math.clamp(bytesPerSecond / READS_A_SECOND, 1, MOST_BYTES);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        ctx.read();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        // the decoder asks for more whenever it has nothing; it gets more when it is time
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        lastBytes = ((ByteBuf) bytes).readableBytes();
        ctx.fireChannelRead(bytes);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a timer of a closed channel reads nothing
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        long waitNanos = TimeUnit.SECONDS.toNanos(1) * lastBytes / bytesPerSecond;
        ctx.executor().schedule(() -> {
            if (!ctx.isRemoved()) {
                ctx.read();
            }
        }, waitNanos, TimeUnit.NANOSECONDS);
    }
}
