package dev.pigou.engine.openai;

import dev.pigou.engine.Ending;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.TokenSink;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Carries events from the engine thread, which must not wait, to a request's text thread. However many events there
 * are, the thread has at most one task for them. What it can hold is bounded by what the request may generate.
 */
final class Mailbox {
    private final TextThreads.Worker thread;
    private final Runnable reader;
    private final ConcurrentLinkedQueue<EngineEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awaited = new AtomicBoolean();

    /** @param reader polls until empty or until it has had enough; runs on {@code thread} */
    Mailbox(TextThreads.Worker thread, Runnable reader) {
        this.thread = thread;
        this.reader = reader;
    }

    /** The engine's side, for one prompt. */
    TokenSink sink(int prompt) {
        return new TokenSink() {
            @Override
            public void onPromptLogprobs(int position, TokenLogprobs logprobs) {
                put(new EngineEvent.PromptToken(prompt, position, logprobs));
            }

            @Override
            public void onToken(int choice, int token, @Nullable TokenLogprobs logprobs) {
                put(new EngineEvent.Token(prompt, choice, token, logprobs));
            }

            @Override
            public void onFinished(int choice, Ending ending) {
                put(new EngineEvent.Finished(prompt, choice, ending));
            }
        };
    }

    /** Has the reader run, soon, on its thread. Any thread may call it. */
    void wake() {
        if (awaited.compareAndSet(false, true)) {
            thread.resume(() -> {
                // Before reading, not after: what comes while we read must wake us again.
                awaited.set(false);
                reader.run();
            });
        }
    }

    @Nullable
    EngineEvent poll() { return events.poll(); }

    private void put(EngineEvent event) {
        events.add(event);
        wake();
    }
}
