package dev.pigou.engine.http;

import dev.pigou.engine.openai.ApiError;
import dev.pigou.engine.tenant.Account;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Optional;
import java.util.UUID;

/** A request whose body is still arriving. Owned by the channel's event loop. */
final class Incoming {
    private static final int MAX_ID_CHARS = 128;
    /** As ORCA has it: the client asks for the load beside the answer. */
    private static final String LOAD_FORMAT = "endpoint-load-metrics-format";

    private final HttpMethod method;
    private final String path;
    private final Optional<Route> route;
    private final Optional<ApiError> refusal;
    private final Account caller;
    private final NettyResponse.Peer peer;
    private final BodyBudget.Share memory;
    private final ByteBuf body = Unpooled.buffer(0);
    private long received;

    /**
     * @param caller on whose account it runs, if it does
     * @param memory what the body takes of it is given back by whoever reads or drops the request
     */
    Incoming(HttpRequest head, String path, Optional<Route> route, Optional<ApiError> refusal, Account caller,
            BodyBudget.Share memory) {
        method = head.method();
        this.path = path;
        this.route = route;
        this.refusal = refusal;
        this.caller = caller;
        this.memory = memory;
        boolean chunks = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
        // Without chunks a stream ends where its connection does; simplest to say so of every answer.
        peer = new NettyResponse.Peer(requestId(head), chunks && HttpUtil.isKeepAlive(head), chunks,
                route.map(Route::takesBody).orElse(false) ? head.headers().get(LOAD_FORMAT, "") : "");
    }

    /**
     * Keeps what may be needed. The bytes of a refused request are read past, so that the connection can go on.
     *
     * @return false if there is no memory for it now
     */
    boolean add(ByteBuf content) {
        received += content.readableBytes();
        if (refusal.isPresent() || route.isEmpty() || !route.get().takesBody()) {
            return true;
        }
        if (!memory.tryGrow(content.readableBytes())) {
            return false;
        }
        body.writeBytes(content);
        return true;
    }

    BodyBudget.Share memory() { return memory; }

    /** Bytes of body so far. */
    long received() { return received; }

    HttpMethod method() { return method; }

    Optional<Route> route() { return route; }

    Optional<ApiError> refusal() { return refusal; }

    NettyResponse.Peer peer() { return peer; }

    /** What metrics call the path: clients choose paths, and metrics must stay few. */
    String label() {
        return route.map(Route::path).orElse("other");
    }

    Call call() {
        return new Call(caller, method.equals(HttpMethod.HEAD),
                route.map(found -> found.argument(path)).orElse(""), ByteBufUtil.getBytes(body));
    }

    /** The client's own, if it is fit to be sent back. */
    private static String requestId(HttpRequest head) {
        String id = head.headers().get("x-request-id", "");
        boolean fit = !id.isEmpty() && id.length() <= MAX_ID_CHARS
                && id.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        return fit ? id : UUID.randomUUID().toString();
    }
}
