package dev.pigou.engine.http;

import dev.pigou.engine.openai.ApiError;
import dev.pigou.engine.tenant.Account;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: puts requests together, answers those that may not come in, and hands on the others one at a time.
 * What a client sends ahead waits its turn. Owned by the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is heard of
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** Messages sent ahead before we stop reading. */
    private static final int MAX_AHEAD = 32;
    /** How long a client that was refused may go on sending before the connection is cut; milliseconds. */
    private static final long LINGER_MILLIS = 1000;

    private final HttpServices services;
    private final Deadlines deadlines;
    private final Queue<HttpObject> ahead = new ArrayDeque<>();
    private @Nullable Incoming incoming;
    private @Nullable NettyResponse answering;
    private boolean advancing;
    private boolean closing;

    Connection(HttpServices services, Deadlines deadlines) {
        this.services = services;
        this.deadlines = deadlines;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        ahead.add((HttpObject) message);
        advance(ctx);
        if (ahead.size() > MAX_AHEAD) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        dropIncoming();
        ahead.forEach(ReferenceCountUtil::release);
        ahead.clear();
        if (answering != null) {
            answering.channelClosed();
            answering = null;
            services.inFlight().end();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (answering != null && ctx.channel().isWritable()) {
            answering.channelWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Deadlines.Passed) {
            refuseAndClose(ctx,
                    ApiError.refused(408, "request_timeout", "The request took too long to arrive."));
        }
    }

    @Override
    @SuppressWarnings("deprecation") // of the handler interface's method; the adapter's is the one to override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("connection lost", cause);
        } else {
            LOG.error("connection failed", cause);
        }
        ctx.close();
    }

    /** Takes messages in their order, up to the end of a request that must be answered first. */
    private void advance(ChannelHandlerContext ctx) {
        if (advancing) {
            return; // an answer that was written at once; the loop below goes on
        }
        advancing = true;
        try {
            HttpObject message;
            while (answering == null && !closing && (message = ahead.poll()) != null) {
                take(ctx, message);
            }
        } finally {
            advancing = false;
        }
        if (ahead.isEmpty()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void take(ChannelHandlerContext ctx, HttpObject message) {
        try {
            if (message.decoderResult().isFailure()) {
                refuseAndClose(ctx, malformed(message.decoderResult().cause()));
                return;
            }
            if (message instanceof HttpRequest head) {
                begin(ctx, head);
            }
            if (message instanceof HttpContent content && incoming != null) {
                goOn(ctx, incoming, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        deadlines.headersComplete();
        Optional<String> path = path(head.uri());
        if (path.isEmpty()) {
            refuseAndClose(ctx, ApiError.refused(400, "invalid_http", "The path is not a valid URI."));
            return;
        }
        Optional<Route> route = services.routes().find(path.get());
        Optional<Account> caller = services.gate().caller(head);
        Optional<ApiError> refusal = services.gate().refusal(head, route, path.get(), caller.isPresent());
        incoming = new Incoming(head, path.get(), route, refusal, caller.orElse(Account.ANYBODY),
                services.bodies().open());
        boolean waits = HttpUtil.is100ContinueExpected(head);
        if (refusal.isPresent() && (waits || refusal.get().status() == 413)) {
            refuseAndClose(ctx, refusal.get()); // the body need not even come
        } else if (waits) {
            ctx.writeAndFlush(NettyResponse.goAhead());
        }
    }

    private void goOn(ChannelHandlerContext ctx, Incoming request, HttpContent content) {
        if (!request.add(content.content())) {
            refuseAndClose(ctx, RequestGate.bodiesTooMany());
        } else if (request.received() > services.config().maxBodyBytes()) {
            refuseAndClose(ctx, services.gate().bodyTooLong());
        } else if (content instanceof LastHttpContent) {
            deadlines.requestComplete();
            incoming = null;
            answer(ctx, request);
        }
    }

    private void answer(ChannelHandlerContext ctx, Incoming request) {
        NettyResponse response = open(ctx, request.peer(), request.label(), request.memory()::close);
        if (request.refusal().isPresent()) {
            ApiError error = request.refusal().get();
            response.refuse(error, headers(error, request));
        } else if (request.method().equals(HttpMethod.OPTIONS)) {
            response.empty(204,
                    Map.of("allow", request.route().map(Route::allow).orElse("GET, HEAD, POST, OPTIONS")));
        } else {
            request.route().orElseThrow().endpoint().answer(request.call(), response);
        }
    }

    private NettyResponse open(ChannelHandlerContext ctx, NettyResponse.Peer peer, String label,
            Runnable onRead) {
        services.inFlight().begin();
        NettyResponse response = new NettyResponse(ctx.channel(), peer, services.load(), onRead, status -> {
            services.metrics().httpAnswered(label, status);
            written(ctx, peer.keepAlive());
        });
        answering = response;
        return response;
    }

    private void written(ChannelHandlerContext ctx, boolean keepAlive) {
        if (answering == null) {
            return; // the channel closed before
        }
        answering = null;
        services.inFlight().end();
        if (closing) {
            linger(ctx);
        } else if (keepAlive) {
            deadlines.answerComplete();
            advance(ctx);
        } else {
            closing = true;
            ctx.close();
        }
    }

    /** Answers although not all of the request is there; what still comes is thrown away. */
    private void refuseAndClose(ChannelHandlerContext ctx, ApiError error) {
        if (answering != null || closing) {
            return;
        }
        deadlines.requestComplete();
        NettyResponse.Peer peer = incoming == null ? NettyResponse.Peer.unknown() : incoming.peer().closing();
        String label = incoming == null ? "other" : incoming.label();
        dropIncoming();
        closing = true;
        open(ctx, peer, label, () -> {}).error(error);
    }

    private void dropIncoming() {
        if (incoming != null) {
            incoming.memory().close();
            incoming = null;
        }
    }

    /** Closing at once would reset the connection under a client that still sends, and take the answer with it. */
    private static void linger(ChannelHandlerContext ctx) {
        if (ctx.channel() instanceof SocketChannel socket) {
            socket.shutdownOutput();
        }
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Map<String, String> headers(ApiError error, Incoming request) {
        return switch (error.status()) {
            case 401 -> Map.of(HttpHeaderNames.WWW_AUTHENTICATE.toString(), "Bearer");
            case 405 ->
                Map.of(HttpHeaderNames.ALLOW.toString(), request.route().map(Route::allow).orElse(""));
            default -> Map.of();
        };
    }

    private static ApiError malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpHeaderException _ ->
                ApiError.refused(431, "headers_too_large", "The headers are too long.");
            case TooLongHttpLineException _ ->
                ApiError.refused(414, "uri_too_long", "The request line is too long.");
            default -> ApiError.refused(400, "invalid_http", "The request is not valid HTTP/1.1.");
        };
    }

    private static Optional<String> path(String uri) {
        try {
            return Optional.of(new QueryStringDecoder(uri).path());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
