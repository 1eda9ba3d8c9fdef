package dev.pigou.engine.openai;

import dev.pigou.engine.Bill;
import dev.pigou.engine.DeviceFailure;
import dev.pigou.engine.Ending;
import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineLimits;
import dev.pigou.engine.EnginePrices;
import dev.pigou.engine.EngineSnapshot;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.RequestHandle;
import dev.pigou.engine.Submission;
import dev.pigou.engine.Takings;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.TokenSink;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.price.PriceForecast;
import dev.pigou.scheduler.price.PriceVector;
import dev.pigou.scheduler.price.Quote;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine that says what it is told to, token by token, on a thread of its own: every choice of every request gets
 * the same script, followed by an end-of-sequence token.
 */
public final class ScriptedEngine implements Engine {
    private final EngineLimits limits;
    private final int eos;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ConcurrentLinkedQueue<Running> queue = new ConcurrentLinkedQueue<>();
    private final List<GenerateRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger live = new AtomicInteger();
    /** While held, one permit for each token. */
    private final Semaphore pace = new Semaphore(0);
    private volatile boolean held;
    private volatile int[] script = {};
    private volatile @Nullable Submission refusal;
    private final Takings takings = new Takings();
    private volatile @Nullable Quote quote;
    private volatile EnginePrices prices = new EnginePrices("fcfs", 16, PriceVector.ZERO, PriceForecast.FREE);
    private volatile Bill bill = Bill.NOTHING;
    private volatile long expectedPico;
    private volatile @Nullable Refusal refused;
    private volatile int failAfter = Integer.MAX_VALUE;
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    private volatile @Nullable DeviceFailure failure;
    private volatile boolean closed;

    public ScriptedEngine(EngineLimits limits, int eos) {
        this.limits = limits;
        this.eos = eos;
    }

    /** What every choice says from now on. */
    public void say(int... tokens) { script = tokens.clone(); }

    /** Answers every submission this way; null accepts them again. */
    public void refuse(@Nullable Submission answer) {
        refusal = answer;
    }

    /** Every choice fails once it has said this many tokens. */
    public void failAfter(int tokens) {
        failAfter = tokens;
    }

    /** Every choice is charged this from now on. */
    public void charge(Bill amount) { bill = amount; }

    /** Every choice is expected to cost this from now on, in picocredits. */
    public void expect(long pico) {
        expectedPico = pico;
    }

    /** Every choice is refused for this reason, after it was accepted; null runs them again. */
    public void turnAway(@Nullable Refusal because) {
        refused = because;
    }

    /** Nothing succeeds from now on. */
    public void breakDown(String reason) { broken.complete(reason); }

    /** What every choice that fails fails for. */
    public void failFor(DeviceFailure because) {
        failure = because;
    }

    @Override
    public CompletableFuture<String> broken() { return broken; }

    /** No token comes until {@link #allow} is called. */
    public void hold() { held = true; }

    public void allow(int tokens) { pace.release(tokens); }

    /** Back to saying everything at once. */
    public void letGo() { held = false; }

    public List<GenerateRequest> requests() { return requests; }

    public int cancelled() { return cancelled.get(); }

    /** Requests that have not ended. */
    public int live() { return live.get(); }

    @Override
    public Submission submit(GenerateRequest request, TokenSink sink) {
        Submission refused = refusal;
        if (refused != null) {
            return refused;
        }
        requests.add(request);
        Running running = new Running(request, sink);
        live.incrementAndGet();
        queue.add(running);
        thread.execute(this::step);
        return new Submission.Accepted(running);
    }

    /** One token of the oldest request, which then goes to the back of the queue. */
    private void step() {
        Running running = queue.poll();
        if (running == null || closed) {
            return;
        }
        while (!running.cancelled && !closed && !tryPace()) {
            Thread.onSpinWait();
        }
        if (running.advance()) {
            queue.add(running);
            thread.execute(this::step);
        } else {
            live.decrementAndGet();
        }
    }

    private boolean tryPace() {
        try {
            return !held || pace.tryAcquire(2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public EngineLimits limits() { return limits; }

    @Override
    public EngineSnapshot snapshot() {
        return new EngineSnapshot(live.get(), 0, 100, live.get(), 3, 10, 20, 30, 40, 0, 5, requests.size(), 1,
                1, 1);
    }

    /** What is charged from now on. */
    public void price(EnginePrices now) { prices = now; }

    /** What every quote says; null takes no questions. */
    public void quote(@Nullable Quote answer) {
        quote = answer;
    }

    @Override
    public boolean quote(GenerateRequest request, Consumer<Optional<Quote>> listener) {
        Quote answer = quote;
        if (answer != null) {
            requests.add(request);
            thread.execute(() -> listener.accept(Optional.of(answer)));
        }
        return answer != null;
    }

    @Override
    public EnginePrices prices() { return prices; }

    @Override
    public Takings takings() { return takings; }

    @Override
    public void drain(Duration timeout) {
        // The tests say when it ends.
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
    }

    /** One request: its choices take turns. */
    private final class Running implements RequestHandle {
        private final GenerateRequest request;
        private final TokenSink sink;
        private final int[] said;
        private final boolean[] ended;
        private final Set<Integer> stopped = ConcurrentHashMap.newKeySet();
        private final int[] lines;
        private volatile boolean cancelled;
        private boolean scored;

        Running(GenerateRequest request, TokenSink sink) {
            this.request = request;
            this.sink = sink;
            said = new int[request.choices()];
            ended = new boolean[request.choices()];
            lines = script;
        }

        @Override
        public void cancel() {
            if (!cancelled) {
                cancelled = true;
                ScriptedEngine.this.cancelled.incrementAndGet();
            }
        }

        @Override
        public void stop(int choice) { stopped.add(choice); }

        /** A token for each choice; false once all have ended. */
        boolean advance() {
            scorePrompt();
            boolean alive = false;
            for (int choice = 0; choice < ended.length; choice++) {
                if (!ended[choice]) {
                    advance(choice);
                    alive |= !ended[choice];
                }
            }
            return alive;
        }

        private void advance(int choice) {
            SamplingParams sampling = request.sampling();
            if (refused != null) {
                end(choice, FinishReason.REFUSED);
            } else if (cancelled) {
                end(choice, FinishReason.CANCELLED);
            } else if (stopped.contains(choice)) {
                end(choice, FinishReason.STOP);
            } else if (said[choice] == failAfter) {
                end(choice, FinishReason.ERROR);
            } else if (said[choice] == sampling.maxTokens()) {
                end(choice, FinishReason.LENGTH);
            } else {
                int token = said[choice] < lines.length ? lines[said[choice]] : eos;
                said[choice]++;
                sink.onToken(choice, token,
                        sampling.logprobs() < 0 ? null : scores(token, sampling.logprobs()));
                boolean last = (token == eos && !sampling.ignoreEos())
                        || Arrays.stream(sampling.stopTokenIds()).anyMatch(id -> id == token);
                if (last) {
                    end(choice, FinishReason.STOP);
                } else if (said[choice] == sampling.maxTokens()) {
                    end(choice, FinishReason.LENGTH);
                }
            }
        }

        private void end(int choice, FinishReason reason) {
            ended[choice] = true;
            sink.onFinished(choice,
                    new Ending(reason, request.bid(), request.promptTokens().length / 2, said[choice], 0, 0,
                            request.bid().value(), bill, expectedPico, refused, null,
                            reason == FinishReason.ERROR ? failure : null));
        }

        private void scorePrompt() {
            int top = request.sampling().promptLogprobs();
            if (!scored && top >= 0) {
                for (int i = 1; i < request.promptTokens().length; i++) {
                    sink.onPromptLogprobs(i, scores(request.promptTokens()[i], top));
                }
            }
            scored = true;
        }

        /** The token itself at -0.5, then its successors, each less likely by 1. */
        private TokenLogprobs scores(int token, int top) {
            int[] tokens = new int[top];
            float[] logprobs = new float[top];
            for (int i = 0; i < top; i++) {
                tokens[i] = (token + i) % limits.vocabSize();
                logprobs[i] = -0.5f - i;
            }
            return new TokenLogprobs(token, -0.5f, tokens, logprobs);
        }
    }
}
