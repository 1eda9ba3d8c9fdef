package dev.pigou.bench.load.stub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One client of the stub. Owned by its event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // whoever is gone needs no answer
final class StubConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final StubConfig config;
    private @Nullable StubStream stream;

    StubConnection(StubConfig config) { this.config = config; }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        String path = request.uri().replaceFirst("\\?.*", "");
        switch (path) {
            case "/v1/models" -> ctx.writeAndFlush(StubText.models());
            case "/v1/completions", "/v1/chat/completions" -> {
                boolean chat = path.contains("chat");
                Optional<StubRequest> asked = StubRequest.of(chat, ByteBufUtil.getBytes(request.content()));
                if (asked.isPresent()) {
                    answer(ctx, asked.get());
                } else {
                    ctx.writeAndFlush(StubText.failure("400 Bad Request", "", "the body is no JSON"));
                }
            }
            default -> ctx.writeAndFlush(StubText.failure("404 Not Found", "", "the stub has no such path"));
        }
    }

    private void answer(ChannelHandlerContext ctx, StubRequest request) {
        ByteBuf whole = switch (config.fault()) {
            case WRONG_CONTENT_TYPE -> StubText.page();
            case REFUSES ->
                StubText.failure("429 Too Many Requests", "retry-after: 2\r\n", "the stub is overloaded");
            case SERVER_ERROR -> StubText.failure("500 Internal Server Error", "", "the stub has failed");
            default -> request.stream() ? null : StubText.whole(request, tokens(request));
        };
        if (config.fault() == StubFault.NEVER_ANSWERS) {
            return;
        }
        if (whole != null) {
            ctx.writeAndFlush(whole);
        } else {
            stream = new StubStream(ctx, config, request, tokens(request));
            stream.begin();
        }
    }

    private int tokens(StubRequest request) {
        return config.tokens().orElse(Math.max(0, request.maxTokens()));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (stream != null && ctx.channel().isWritable()) {
            stream.goOn();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) { ctx.close(); }
}
