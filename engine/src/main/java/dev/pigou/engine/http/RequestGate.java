package dev.pigou.engine.http;

import dev.pigou.engine.openai.ApiError;
import dev.pigou.engine.tenant.Account;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Decides from a request's headers alone whether it may come in, before its body is read. */
final class RequestGate {
    private static final String BEARER = "bearer ";

    private final HttpConfig config;
    private final BooleanSupplier draining;

    RequestGate(HttpConfig config, BooleanSupplier draining) {
        this.config = config;
        this.draining = draining;
    }

    /** On whose account the request runs; empty if it would have to say so and does not. */
    Optional<Account> caller(HttpRequest request) {
        if (!config.keys().areRequired()) {
            return Optional.of(Account.ANYBODY);
        }
        String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        return given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? config.keys().account(given.substring(BEARER.length()).strip())
                : Optional.empty();
    }

    /**
     * Why the request is refused, if it is.
     *
     * @param known whether there is a {@link #caller}
     */
    Optional<ApiError> refusal(HttpRequest request, Optional<Route> route, String path, boolean known) {
        if (request.protocolVersion().majorVersion() != 1) {
            return refuse(505, "http_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
        }
        if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            return refuse(400, "invalid_http", "An HTTP/1.1 request must have exactly one Host header.");
        }
        if (request.method().equals(HttpMethod.OPTIONS)) {
            return tooLong(request);
        }
        if (route.isEmpty()) {
            return refuse(404, "not_found", "There is nothing at " + path
                    + ". See /v1/models, /v1/chat/completions and" + " /v1/completions.");
        }
        if (!Routes.accepts(route.get(), request.method())) {
            return refuse(405, "method_not_allowed", "The method for " + path + " is "
                    + route.get().method().name() + ", not " + request.method().name() + ".");
        }
        if (route.get().guarded() && !known) {
            return refuse(401, "invalid_api_key",
                    "A valid API key is needed, as 'Authorization: Bearer KEY'.");
        }
        if (route.get().guarded() && draining.getAsBoolean()) {
            return Optional.of(ApiError.shuttingDown());
        }
        return tooLong(request)
                .or(() -> route.get().takesBody() ? notJson(request.headers()) : Optional.empty());
    }

    ApiError bodyTooLong() {
        return ApiError.refused(413, "body_too_large",
                "The body is longer than the " + config.maxBodyBytes() + " bytes that are allowed.");
    }

    /** Said in the middle of a body, when those of all clients together are too much. */
    static ApiError bodiesTooMany() {
        return new ApiError(503,
                "The server is receiving as many bytes as it can hold. Try again in a second.",
                "server_error", null, "overloaded", Duration.ofSeconds(1));
    }

    private Optional<ApiError> tooLong(HttpRequest request) {
        return HttpUtil.getContentLength(request, 0L) > config.maxBodyBytes()
                ? Optional.of(bodyTooLong())
                : Optional.empty();
    }

    private static Optional<ApiError> notJson(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        String media = type.split(";", 2)[0].strip();
        boolean otherCharset = type.contains("charset") && !type.contains("utf-8")
                && !type.contains("us-ascii");
        if (!media.equals("application/json") || otherCharset) {
            return refuse(415, "unsupported_media_type",
                    "The Content-Type must be application/json, in UTF-8, but is '" + shorten(type) + "'.");
        }
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            return refuse(415, "unsupported_media_type",
                    "Compressed bodies are not read; send it without" + " Content-Encoding.");
        }
        return Optional.empty();
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static Optional<ApiError> refuse(int status, String code, String message) {
        return Optional.of(ApiError.refused(status, code, message));
    }
}
