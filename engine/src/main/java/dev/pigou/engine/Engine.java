package dev.pigou.engine;

import java.time.Duration;

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
