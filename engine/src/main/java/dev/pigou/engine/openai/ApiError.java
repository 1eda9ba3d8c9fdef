package dev.pigou.engine.openai;

import dev.pigou.engine.DeviceFailure;
import dev.pigou.scheduler.Refusal;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong, as the client is told.
 *
 * @param status the HTTP status
 * @param message what was wrong, and what is allowed
 * @param type OpenAI's class of error
 * @param param the request field at fault
 * @param code a word programs can compare
 * @param retryAfter when trying again may help
 * @param unmet the bid's own limit that the request would not have run within; null if it failed for another reason
 */
public record ApiError(int status, String message, String type, @Nullable String param, @Nullable String code,
        @Nullable Duration retryAfter, @Nullable Refusal unmet) {
    private static final String INVALID = "invalid_request_error";
    private static final double LONGEST_WAIT_SECONDS = 1e9;

    public ApiError(int status, String message, String type, @Nullable String param, @Nullable String code,
            @Nullable Duration retryAfter) {
        this(status, message, type, param, code, retryAfter, null);
    }

    /** 400: the request, or one field of it, is not what the API allows. */
    public static ApiError invalid(@Nullable String param, String message) {
        return new ApiError(400, message, INVALID, param, null, null);
    }

    /** Any 4xx that is about the HTTP request rather than a field of its body. */
    public static ApiError refused(int status, String code, String message) {
        return new ApiError(status, message, INVALID, null, code, null);
    }

    /** 500: our fault. */
    public static ApiError internal(String message) {
        return new ApiError(500, message, "server_error", null, "internal_error", null);
    }

    /**
     * 500 or 503: an answer that could not go on.
     *
     * @param failure of the device; null if it was the model's
     */
    static ApiError failed(@Nullable DeviceFailure failure) {
        return switch (failure) {
            case null -> internal("The model could not go on: its numbers were not finite.");
            case STEP -> internal("The model could not go on: a step on the device failed.");
            case OUT_OF_MEMORY -> new ApiError(503,
                    "The device has no memory left to go on with this request. Try again, or send a shorter one.",
                    "server_error", null, "device_out_of_memory", Duration.ofSeconds(1));
            case LOST -> broken();
        };
    }

    /** 503: nothing can be computed until the server is started again. */
    static ApiError broken() {
        return new ApiError(503,
                "The device is lost and the server has to start again. Try again later, or another replica.",
                "server_error", null, "engine_dead", Duration.ofSeconds(10));
    }

    /** 503: what {@code GET /health} says then. */
    public static ApiError unhealthy(String code, String message) {
        return new ApiError(503, message, "server_error", null, code, null);
    }

    /** 503: this server takes no new work. */
    public static ApiError shuttingDown() {
        return new ApiError(503,
                "The server is shutting down and takes no new requests. Try again, or another replica.",
                "server_error", null, "shutting_down", Duration.ofSeconds(5));
    }

    /** 429: requests come faster than they can be read. */
    static ApiError busy() {
        return new ApiError(429, "Too many requests wait to be read. Try again in a second.",
                "rate_limit_error", null, "queue_full", Duration.ofSeconds(1));
    }

    /** 429: quotes are asked for faster than they can be given. */
    static ApiError tooManyQuotes() {
        return new ApiError(429, "Too many quotes are being asked for. Try again in a second.",
                "rate_limit_error", null, "too_many_quotes", Duration.ofSeconds(1));
    }

    /** 429: so many listen to a stream already. */
    static ApiError tooManySubscribers(int most) {
        return new ApiError(429,
                "All " + most
                        + " places at this stream are taken. Ask for GET /v1/prices instead, or try again.",
                "rate_limit_error", null, "too_many_subscribers", Duration.ofSeconds(10));
    }

    static ApiError contextTooLong(String param, String message) {
        return new ApiError(400, message, INVALID, param, "context_length_exceeded", null);
    }

    static ApiError modelNotFound(String model) {
        return new ApiError(404, "The model `" + model + "` does not exist.", INVALID, "model",
                "model_not_found", null);
    }

    /** 429: too much waits already. */
    static ApiError queueFull(int waiting, Duration retryAfter) {
        return new ApiError(429,
                "The queue is full: " + waiting + " requests wait already. Try again in "
                        + Math.max(1, retryAfter.toMillis()) + " ms.",
                "rate_limit_error", null, "queue_full", retryAfter);
    }

    /** 429: the policy will not run it. */
    public static ApiError notRun(Refusal refusal) {
        Duration wait = wait(refusal);
        String again = wait == null
                ? " It is not expected to be met."
                : " It is expected to be met in " + wait.toMillis() + " ms.";
        return switch (refusal.reason()) {
            case PRICE_TOO_HIGH -> new ApiError(429,
                    "The request would cost " + price(refusal) + " credits now, which is more than it bids."
                            + " Raise 'pigou.max_price' or 'pigou.value'." + again,
                    "rate_limit_error", null, "price_too_high", wait, refusal);
            case OUT_OF_BUDGET -> new ApiError(429,
                    "The request may cost " + price(refusal)
                            + " credits, and the wallet does not hold as much."
                            + " Ask for less, or wait until it is refilled.",
                    "insufficient_quota", null, "out_of_budget", wait, refusal);
            case NO_CAPACITY -> new ApiError(429,
                    "The request's turn would not come before its answer is worth nothing; now it would run at "
                            + price(refusal) + " credits. Raise 'pigou.value', lower 'pigou.latency_price' or"
                            + " give 'pigou.deadline_ms' more time." + again,
                    "rate_limit_error", null, "no_capacity", wait, refusal);
        };
    }

    private static @Nullable Duration wait(Refusal refusal) {
        double seconds = refusal.retryAfterSeconds();
        return seconds < LONGEST_WAIT_SECONDS
                ? Duration.ofMillis((long) Math.ceil(1000 * Math.max(0, seconds)))
                : null;
    }

    private static String price(Refusal refusal) {
        double credits = refusal.price();
        return Double.isFinite(credits)
                ? new BigDecimal(credits).round(new MathContext(4)).stripTrailingZeros().toPlainString()
                : "unlimited";
    }

    /** False if a client that tries the same again on its own will only be refused again. */
    boolean worthRetrying() {
        return unmet == null || (unmet.reason() != Refusal.Reason.OUT_OF_BUDGET && retryAfter != null);
    }
}
