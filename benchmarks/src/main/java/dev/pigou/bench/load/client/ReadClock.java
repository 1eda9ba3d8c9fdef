package dev.pigou.bench.load.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Notes when bytes were taken off the socket, before time goes into understanding them. Owned by an event loop. */
final class ReadClock extends ChannelInboundHandlerAdapter {
    private long readNanos;

    /** Of {@link System#nanoTime}. */
    long readNanos() { return readNanos; }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        readNanos = System.nanoTime();
        ctx.fireChannelRead(bytes);
    }
}
