package dev.pigou.engine.openai;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the answer to one request goes: either one {@link #respond}, or {@link #begin}, any number of {@link #event}
 * and {@link #end}. Every method is safe to call from any thread, returns at once, and does nothing once the client is
 * gone.
 */
public interface ResponseSink {
    /** One whole answer with a JSON body. */
    void respond(int status, Map<String, String> headers, byte[] json);

    /** Opens a stream of server-sent events, with status 200. */
    void begin();

    /** One event, framed; it may wait in a buffer until {@link #flush}. The array is the sink's from now on. */
    void event(byte[] frame);

    void flush();

    void end();

    /** False while the client reads more slowly than we write; {@link Listener#writable} says when to go on. */
    boolean writable();

    /** Sets who hears of the client's side; at once, if the client is gone already. At most one listener. */
    void listen(Listener listener);

    default void error(ApiError error) { respond(error.status(), headers(error), Json.error(error)); }

    private static Map<String, String> headers(ApiError error) {
        Map<String, String> headers = new LinkedHashMap<>();
        Duration wait = error.retryAfter();
        if (wait != null) {
            long millis = Math.max(1, wait.toMillis());
            headers.put("retry-after", Long.toString(Math.ceilDiv(millis, 1000)));
            headers.put("retry-after-ms", Long.toString(millis));
        }
        if (!error.worthRetrying()) {
            headers.put("x-should-retry", "false"); // OpenAI's clients heed it
        }
        return headers;
    }

    /** Hears of the client's side. Called on an event loop: implementations return at once. */
    interface Listener {
        /** The client is gone: nobody will read the answer. Called at most once, and never after the answer's end. */
        void closed();

        /** The client caught up. */
        void writable();
    }
}
