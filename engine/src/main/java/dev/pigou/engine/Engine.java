package dev.pigou.engine;

import dev.pigou.scheduler.price.Quote;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A loaded model that continues prompts. Every method is safe to call from any thread. */
public interface Engine extends AutoCloseable {
    /**
     * Queues a request. Never blocks.
     *
     * @throws IllegalArgumentException if a token id or length is outside {@link #limits}: the caller should have
     *     checked
     */
    Submission submit(GenerateRequest request, TokenSink sink);

    EngineLimits limits();

    /** What the engine looked like after its latest step. */
    EngineSnapshot snapshot();

    /** Completes, with the reason, once nothing can succeed any more: the process has to be started again. */
    CompletableFuture<String> broken();

    /**
     * Asks what a request would cost, without running it; of its choices one is quoted. Never blocks.
     *
     * @param listener told once, on the engine thread, and has to return at once; it gets nothing if no quote could be made
     * @return false if too many quotes are being asked for: the listener is not told
     * @throws IllegalArgumentException if a token id or length is outside {@link #limits}
     */
    boolean quote(GenerateRequest request, Consumer<Optional<Quote>> listener);

    /** What the engine charges now. */
    EnginePrices prices();

    /** What it has charged so far. */
    Takings takings();

    /** Takes no new work from now on and waits until what runs has finished, at most {@code timeout}. */
    void drain(Duration timeout);

    /** Cancels what still runs and frees the device. */
    @Override
    void close();
}
