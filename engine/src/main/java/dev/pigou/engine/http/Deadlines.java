package dev.pigou.engine.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose client sends too slowly. It sits before the decoder, so that it sees the first byte of a
 * request and not only its complete headers. Owned by the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is heard of
final class Deadlines extends ChannelInboundHandlerAdapter {
    private final HttpConfig config;
    private State state = State.IDLE;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> alarm;

    Deadlines(HttpConfig config) { this.config = config; }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        arm(State.IDLE, config.headerTimeout());
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.IDLE) {
            arm(State.HEADERS, config.headerTimeout());
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        disarm();
        ctx.fireChannelInactive();
    }

    void headersComplete() { arm(State.BODY, config.bodyTimeout()); }

    void requestComplete() {
        disarm();
        state = State.ANSWERING;
    }

    void answerComplete() { arm(State.IDLE, config.keepAliveTimeout()); }

    private void arm(State next, Duration limit) {
        disarm();
        state = next;
        ChannelHandlerContext ctx = context;
        if (ctx != null && ctx.channel().isActive()) {
            alarm = ctx.executor().schedule(() -> expire(ctx), limit.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void disarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void expire(ChannelHandlerContext ctx) {
        if (state == State.IDLE) {
            ctx.close(); // nothing was asked, so nothing is answered
        } else {
            ctx.fireUserEventTriggered(new Passed());
        }
    }

    /** The client took too long over its headers or its body; fired through the pipeline. */
    record Passed() {}

    private enum State {
        IDLE, HEADERS, BODY, ANSWERING
    }
}
