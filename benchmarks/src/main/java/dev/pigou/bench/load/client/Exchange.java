package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.workload.ClientBehaviour;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One request from its being taken up to its record. Owned by an event loop.
 *
 * <p>I1: the listener hears of it once; whatever happens after that is passed over.
 */
final class Exchange {
    private final Ask ask;
    private final RunClock clock;
    private final OptionalLong dueNanos;
    private final AnswerListener listener;
    private final ChunkReader chunks;
    private final TokenTimes tokens;
    private final long takenUpNanos;
    private long sentNanos = -1;
    private int status;
    private OptionalDouble retryAfterSeconds = OptionalDouble.empty();
    private @Nullable AnswerReader reader;
    private @Nullable Connection connection;
    private @Nullable Future<?> timeLimit;
    private @Nullable Future<?> patience;
    private boolean ended;

    Exchange(Ask ask, RunClock clock, OptionalLong dueNanos, AnswerListener listener, LongAdder allTokens) {
        this.ask = ask;
        this.clock = clock;
        this.dueNanos = dueNanos;
        this.listener = listener;
        chunks = new ChunkReader(ask.keepText());
        tokens = new TokenTimes(allTokens,
                ask.behaviour() instanceof ClientBehaviour.Disconnects(int after)
                        ? OptionalInt.of(after)
                        : OptionalInt.empty());
        takenUpNanos = clock.now();
    }

    Ask ask() { return ask; }

    boolean ended() { return ended; }

    /** True once the response has begun. */
    boolean responding() { return reader != null; }

    /** True if the client has seen all that it wanted and closes the connection now. */
    boolean leaves() {
        return tokens.enough();
    }

    /** @param timer that ends the exchange unless it has ended by itself */
    void limitedBy(Future<?> timer) {
        timeLimit = timer;
    }

    /**
     * Leaves when its client's patience is at an end, if it ever is and nothing has come by then.
     *
     * @param loop that owns this exchange
     */
    void patientOn(ScheduledExecutorService loop) {
        if (ask.behaviour() instanceof ClientBehaviour.LosesPatience(long afterMillis)) {
            long endNanos = dueNanos.orElse(takenUpNanos) + TimeUnit.MILLISECONDS.toNanos(afterMillis);
            patience = loop.schedule(() -> {
                if (tokens.count() == 0) {
                    leave();
                }
            }, endNanos - takenUpNanos, TimeUnit.NANOSECONDS);
        }
    }

    void carriedBy(Connection carrier) { connection = carrier; }

    long nanosSinceSent() { return clock.now() - sentNanos; }

    /** Its bytes are handed to the socket now. */
    void sent() { sentNanos = clock.now(); }

    /** The response begins. */
    void head(HttpResponse response) throws BadAnswerException {
        status = response.status().code();
        retryAfterSeconds = RetryAfter.seconds(response.headers(), Instant.now());
        reader = reader(response);
    }

    private AnswerReader reader(HttpResponse response) throws BadAnswerException {
        if (!response.status().equals(HttpResponseStatus.OK)) {
            return new Refusal(response.status());
        }
        String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/event-stream")) {
            return new StreamedAnswer(chunks, tokens);
        }
        if (type.startsWith("application/json")) {
            return new WholeAnswer(chunks, tokens);
        }
        throw new BadAnswerException(Failure.Kind.WRONG_CONTENT_TYPE, (type.isEmpty() ? "none at all" : type)
                + " instead of text/event-stream; let --base-url lead to an OpenAI API");
    }

    /** @param readNanos of {@link System#nanoTime}, when the bytes were taken off the socket */
    void content(ByteBuf bytes, long readNanos) throws BadAnswerException {
        if (reader != null && !ended) {
            reader.content(bytes, readNanos - clock.originNanos());
        }
    }

    /** The response is over. */
    void complete(long readNanos) throws BadAnswerException {
        if (reader != null && !ended) {
            end(reader.end(readNanos - clock.originNanos()), false, Optional.empty());
        }
    }

    /** Nothing more will come. The answer may be whole all the same; if it is not, {@code why} is why. */
    void cutOff(BadAnswerException why) {
        try {
            if (reader instanceof StreamedAnswer) {
                complete(System.nanoTime());
            }
        } catch (BadAnswerException _) {
            // it is not whole
        }
        fail(why);
    }

    void fail(BadAnswerException why) { end(clock.now(), false, Optional.of(why.failure(status))); }

    /** The client closes the connection of its own will. */
    void leave() {
        end(clock.now(), true, Optional.empty());
    }

    private void end(long endNanos, boolean disconnected, Optional<Failure> failure) {
        if (ended) {
            return; // I1
        }
        ended = true;
        cancel(timeLimit);
        cancel(patience);
        if (connection != null) {
            connection.abandon(this);
        }
        Usage usage = chunks.usage();
        long sent = sentNanos < 0 ? takenUpNanos : sentNanos;
        listener.ended(new RequestRecord(ask.session(), ask.turn(), ask.tenant(), dueNanos.orElse(sent), sent,
                tokens.firstNanos(), endNanos, tokens.gaps(), usage.promptTokens().orElse(ask.promptTokens()),
                usage.outputTokens().orElse(tokens.count()), usage.cachedTokens().orElse(0),
                chunks.finishReason(), usage.charge(), usage.welfare(), retryAfterSeconds, disconnected,
                failure), takenUpNanos, chunks.text());
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
