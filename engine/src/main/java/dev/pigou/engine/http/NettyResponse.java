package dev.pigou.engine.http;

import dev.pigou.engine.openai.ApiError;
import dev.pigou.engine.openai.Json;
import dev.pigou.engine.openai.ResponseSink;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request, written to its channel. Netty itself brings writes from other threads to the event loop in
 * their order, and counts them against the channel's water mark at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is heard of
final class NettyResponse implements ResponseSink {
    private static final String JSON = "application/json";

    private final Channel channel;
    private final Peer peer;
    private final Function<String, Optional<String>> load;
    private final Runnable onRead;
    private final IntConsumer onWritten;
    private final AtomicBoolean ended = new AtomicBoolean();
    /** Both owned by the event loop. */
    private @Nullable Listener listener;
    private boolean gone;

    /**
     * What the request says about how to answer it.
     *
     * @param requestId goes back to the client
     * @param chunks whether it understands chunked bodies: HTTP/1.0 does not, and reads to the connection's end
     * @param loadFormat how it wants to be told the load; empty if it does not
     */
    record Peer(String requestId, boolean keepAlive, boolean chunks, String loadFormat) {
        /** A client that said nothing we could read. */
        static Peer unknown() {
            return new Peer(UUID.randomUUID().toString(), false, true, "");
        }

        Peer closing() { return new Peer(requestId, false, chunks, loadFormat); }
    }

    /**
     * @param load what headers say of the load, by format
     * @param onRead told, once or more, that the request's body is held no longer: whoever answers or listens
     *     has read it
     * @param onWritten told the status on the event loop, once the answer has left
     */
    NettyResponse(Channel channel, Peer peer, Function<String, Optional<String>> load, Runnable onRead,
            IntConsumer onWritten) {
        this.channel = channel;
        this.peer = peer;
        this.load = load;
        this.onRead = onRead;
        this.onWritten = onWritten;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[] json) {
        respond(status, JSON, headers, json);
    }

    void respond(int status, String contentType, byte[] body) {
        respond(status, contentType, Map.of(), body);
    }

    private void respond(int status, String contentType, Map<String, String> headers, byte[] body) {
        onRead.run();
        if (!ended.compareAndSet(false, true) || !channel.isActive()) {
            return;
        }
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        headers.forEach((name, value) -> response.headers().set(name, value));
        if (!contentType.isEmpty()) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        if (status != HttpResponseStatus.NO_CONTENT.code()) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        addCommon(response, peer.keepAlive());
        channel.writeAndFlush(response, promise(status));
    }

    /** An answer without a body. */
    void empty(int status, Map<String, String> headers) {
        respond(status, "", headers, new byte[0]);
    }

    @Override
    public void begin() {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE).set("x-accel-buffering", "no");
        if (peer.chunks()) {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        addCommon(response, peer.keepAlive());
        channel.write(response, channel.voidPromise());
    }

    @Override
    public void event(byte[] frame) {
        if (channel.isActive()) {
            channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(frame)), channel.voidPromise());
        }
    }

    @Override
    public void flush() { channel.flush(); }

    @Override
    public void end() {
        if (ended.compareAndSet(false, true) && channel.isActive()) {
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, promise(HttpResponseStatus.OK.code()));
        }
    }

    @Override
    public boolean writable() { return channel.isWritable(); }

    @Override
    public void listen(Listener hearer) {
        onRead.run();
        channel.eventLoop().execute(() -> {
            listener = hearer;
            if (gone) {
                hearer.closed();
            }
        });
    }

    /** An error with headers that only HTTP knows of. */
    void refuse(ApiError error, Map<String, String> headers) {
        if (headers.isEmpty()) {
            error(error);
        } else {
            respond(error.status(), headers, Json.error(error));
        }
    }

    /** The interim answer to {@code Expect: 100-continue}. */
    static FullHttpResponse goAhead() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                Unpooled.EMPTY_BUFFER);
    }

    /** On the event loop: the channel closed. */
    void channelClosed() {
        if (!gone && !ended.get() && listener != null) {
            listener.closed();
        }
        gone = true;
    }

    /** On the event loop: what was written has left, down to the water mark. */
    void channelWritable() {
        if (listener != null) {
            listener.writable();
        }
    }

    private void addCommon(HttpResponse response, boolean keepAlive) {
        response.headers().set("x-request-id", peer.requestId());
        if (!peer.loadFormat().isEmpty()) {
            load.apply(peer.loadFormat())
                    .ifPresent(report -> response.headers().set("endpoint-load-metrics", report));
        }
        response.headers().set(HttpHeaderNames.CONNECTION,
                keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
    }

    /**
     * The news comes inside Netty's write, where the next answer must not begin: it waits for its turn on the event
     * loop. A write that failed closes the connection, and that is heard of too.
     */
    private ChannelPromise promise(int status) {
        return channel.newPromise().addListener(result -> {
            if (result.isSuccess()) {
                channel.eventLoop().execute(() -> onWritten.accept(status));
            } else {
                channel.close();
            }
        });
    }
}
