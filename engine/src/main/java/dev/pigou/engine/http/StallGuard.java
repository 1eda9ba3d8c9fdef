package dev.pigou.engine.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose client takes nothing of what is written to it. A client that reads slowly but does read is
 * left alone. Owned by the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is heard of
final class StallGuard extends ChannelDuplexHandler {
    private final Duration timeout;
    private @Nullable Object head;
    private long progressBytes;
    private boolean watching;

    StallGuard(Duration timeout) { this.timeout = timeout; }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (!watching) {
            watch(ctx);
        }
    }

    private void watch(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer pending = ctx.channel().unsafe().outboundBuffer();
        watching = pending != null && !pending.isEmpty();
        if (watching) {
            head = pending.current();
            progressBytes = pending.currentProgress();
            ctx.executor().schedule(() -> check(ctx), timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same buffer, not an equal one
    private void check(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer pending = ctx.channel().unsafe().outboundBuffer();
        boolean stuck = pending != null && !pending.isEmpty() && pending.current() == head
                && pending.currentProgress() == progressBytes;
        if (stuck) {
            ctx.close();
        } else {
            watch(ctx);
        }
    }
}
