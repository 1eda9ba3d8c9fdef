package dev.pigou.bench.load.stub;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/** One streamed answer on its way. Owned by the connection's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // whoever is gone needs no answer
final class StubStream {
    private static final int BATCH = 64;

    private final ChannelHandlerContext ctx;
    private final StubConfig config;
    private final StubRequest request;
    private final int tokens;
    private final long intervalNanos;
    private int sent;
    private long dueNanos;
    private boolean paced;
    private boolean over;

    StubStream(ChannelHandlerContext ctx, StubConfig config, StubRequest request, int tokens) {
        this.ctx = ctx;
        this.config = config;
        this.request = request;
        this.tokens = tokens;
        intervalNanos = config.tokenInterval().toNanos();
    }

    void begin() {
        paced = true;
        dueNanos = System.nanoTime();
        if (config.fault() == StubFault.CLOSES_AFTER_HEADERS) {
            ctx.writeAndFlush(StubText.streamHead()).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.writeAndFlush(StubText.streamHead());
        waitThen(config.firstToken().toNanos());
    }

    private void waitThen(long nanos) {
        dueNanos += nanos;
        long nowNanos = System.nanoTime();
        if (nowNanos - dueNanos > nanos) {
            dueNanos = nowNanos; // after a freeze it goes on at its pace, and does not catch up
        }
        if (nanos == 0) {
            step();
        } else {
            ctx.executor().schedule(this::step, dueNanos - nowNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void step() {
        if (over || !ctx.channel().isActive()) {
            return;
        }
        if (intervalNanos == 0) {
            paced = false;
            goOn();
        } else if (next()) {
            waitThen(intervalNanos);
        }
    }

    /** Writes as much as the client takes; it is called again when it takes more. */
    void goOn() {
        while (!paced && !over && ctx.channel().isWritable()) {
            batch();
        }
    }

    private void batch() {
        int last = config.fault() == StubFault.NONE ? tokens : tokens / 2;
        int count = Math.min(BATCH, last - sent);
        if (count <= 0) {
            next();
            return;
        }
        ByteBuf token = StubText.token(request.chat());
        int tokenBytes = token.readableBytes();
        ByteBuf bytes = ctx.alloc().buffer(count * tokenBytes);
        for (int i = 0; i < count; i++) {
            bytes.writeBytes(token, token.readerIndex(), tokenBytes);
        }
        sent += count;
        ctx.writeAndFlush(bytes);
    }

    /** Writes one token, or the end, or what goes wrong; false if that was all. */
    private boolean next() {
        if (sent >= tokens / 2 && config.fault() != StubFault.NONE) {
            over = true;
            fail();
            return false;
        }
        if (sent == tokens) {
            over = true;
            ctx.writeAndFlush(StubText.end(request.chat(), request.promptTokens(), tokens));
            return false;
        }
        sent++;
        ctx.writeAndFlush(StubText.token(request.chat()));
        return true;
    }

    private void fail() {
        switch (config.fault()) {
            case MALFORMED_STREAM -> ctx.writeAndFlush(StubText.malformed());
            case ERROR_EVENT -> ctx.writeAndFlush(StubText.error());
            default -> ctx.close();
        }
    }
}
