package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection: carries one exchange after the other. Owned by an event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, and that is heard of
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
    /** A kept connection that closes so soon after a request was sent was closing already. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConnectionPool pool;
    private final Channel channel;
    private final ReadClock clock;
    private @Nullable Exchange exchange;
    private boolean reused;
    private boolean keepAlive;
    private String lastWords = "";

    Connection(ConnectionPool pool, Channel channel, ReadClock clock) {
        this.pool = pool;
        this.channel = channel;
        this.clock = clock;
    }

    boolean isOpen() { return channel.isActive(); }

    /** Sends the exchange's request. The connection must be idle. */
    void carry(Exchange next) {
        exchange = next;
        next.carriedBy(this);
        DefaultFullHttpRequest request = request(next.ask());
        next.sent();
        channel.writeAndFlush(request).addListener(_ -> {
            if (next.leaves()) { // before its first token
                next.leave();
            }
        });
    }

    /** The exchange has ended. If its response has not, nothing else can be sent here. */
    void abandon(Exchange ended) {
        if (exchange == ended) {
            exchange = null;
            channel.close();
        }
    }

    private DefaultFullHttpRequest request(Ask ask) {
        Target target = pool.target();
        var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST,
                target.baseUrl().path(target.endpoint()), Unpooled.wrappedBuffer(ask.body()));
        HttpHeaders headers = request.headers();
        headers.set(HttpHeaderNames.HOST, target.baseUrl().authority());
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HttpHeaderNames.ACCEPT, "text/event-stream");
        headers.setInt(HttpHeaderNames.CONTENT_LENGTH, ask.body().length);
        ask.apiKey().or(target::apiKey)
                .ifPresent(key -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key));
        target.headers().forEach(headers::set);
        return request;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        Exchange current = exchange;
        if (current == null) {
            return; // abandoned, and still a few bytes
        }
        try {
            read(message, current);
        } catch (BadAnswerException e) {
            current.fail(e);
        }
    }

    private void read(HttpObject message, Exchange current) throws BadAnswerException {
        if (message.decoderResult().isFailure()) {
            throw new BadAnswerException(Failure.Kind.MALFORMED_STREAM,
                    "the response is no HTTP: " + message.decoderResult().cause().getMessage());
        }
        if (message instanceof HttpResponse response) {
            keepAlive = HttpUtil.isKeepAlive(response);
            current.head(response);
        }
        if (message instanceof HttpContent content) {
            current.content(content.content(), clock.readNanos());
        }
        if (current.leaves()) {
            current.leave();
        } else if (message instanceof LastHttpContent) {
            becomeIdle();
            current.complete(clock.readNanos());
        }
    }

    private void becomeIdle() {
        exchange = null;
        reused = true;
        if (keepAlive && channel.config().isAutoRead()) {
            pool.release(this);
        } else {
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Exchange lost = exchange;
        exchange = null;
        if (lost == null) {
            pool.forget(this);
        } else if (reused && !lost.responding() && lost.nanosSinceSent() < STALE_NANOS) {
            pool.connect(lost);
        } else {
            lost.cutOff(new BadAnswerException(Failure.Kind.CONNECTION_LOST,
                    "the server closed the connection before its answer was whole" + lastWords));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lastWords = " (" + Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName())
                + ")";
        ctx.close();
    }
}
