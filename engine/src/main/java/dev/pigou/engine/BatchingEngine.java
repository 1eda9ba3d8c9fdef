package dev.pigou.engine;

import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.price.Quote;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The engine in this process: one scheduler, one device, one thread that owns both. */
public final class BatchingEngine implements Engine {
    private static final Duration POLL = Duration.ofMillis(5);
    /** The id of sequences that are only quoted. */
    private static final long NOT_ADDED = -1;
    private static final SequenceListener NOBODY = new SequenceListener() {
        @Override
        public void onToken(Sequence sequence, int token, int chunk) {
            // It never runs.
        }

        @Override
        public void onFinished(Sequence sequence, FinishReason reason) {
            // It never runs.
        }
    };

    private final EngineLoop loop;
    private final EngineThread thread;
    private final ModelRunner runner;
    private final SchedulingPolicy policy;
    private final int blockSize;
    private final EngineLimits limits;
    private final int maxNumSeqs;
    private final int maxQueued;
    /** Sequences accepted so far; with the snapshot's counts it tells how many are in the engine. */
    private final AtomicLong accepted = new AtomicLong();
    private final DrainRate drainRate = new DrainRate();
    private volatile boolean draining;

    /**
     * Starts the engine thread, which owns {@code scheduler} from then on, and {@code runner} as well unless steps are planned
     * ahead: then a thread of its own executes them.
     *
     * @param maxNumSeqs most sequences the scheduler runs at once
     * @param maxQueued most sequences that may wait; a request that finds more is refused
     * @param asyncScheduling whether steps are planned while the device executes the one before
     */
    public BatchingEngine(Scheduler scheduler, ModelRunner runner, StepBatch batch, EngineLimits limits,
            int maxNumSeqs, int maxQueued, boolean asyncScheduling) {
        this.runner = runner;
        policy = scheduler.policy();
        blockSize = scheduler.blockSize();
        this.limits = limits;
        this.maxNumSeqs = maxNumSeqs;
        this.maxQueued = maxQueued;
        loop = new EngineLoop(scheduler, runner, batch, asyncScheduling);
        thread = new EngineThread(loop);
        thread.start();
    }

    @Override
    public Submission submit(GenerateRequest request, TokenSink sink) {
        check(request);
        if (draining) {
            return new Submission.ShuttingDown();
        }
        if (loop.broken().isDone()) {
            return new Submission.Broken(loop.broken().join());
        }
        EngineSnapshot snapshot = loop.snapshot();
        drainRate.observe(snapshot.finished(), snapshot.stepNanos());
        int ahead = waitingWithOneMore(snapshot) - 1;
        if (ahead >= maxQueued) {
            return new Submission.QueueFull(ahead, drainRate.timeToFree(ahead - maxQueued + 1));
        }
        accepted.addAndGet(request.choices());
        var active = new ActiveRequest(request, sink, System.nanoTime());
        send(new EngineLoop.Command.Submit(active));
        return new Submission.Accepted(new Handle(active));
    }

    /**
     * Sequences that would wait if one more came. Those accepted since the snapshot was taken count as well, so that a
     * burst cannot overrun the limit; they take free seats first.
     */
    private int waitingWithOneMore(EngineSnapshot snapshot) {
        int seats = snapshot.waiting() > 0 ? 0 : Math.max(0, maxNumSeqs - snapshot.running());
        long unseen = accepted.get() - snapshot.finished() - snapshot.running() - snapshot.waiting();
        return snapshot.waiting() + (int) Math.max(0, unseen + 1 - seats);
    }

    private void check(GenerateRequest request) {
        int length = request.promptTokens().length;
        if (length == 0 || length + request.sampling().maxTokens() > limits.maxModelLen()) {
            throw new IllegalArgumentException(
                    "a prompt of " + length + " tokens and max_tokens " + request.sampling().maxTokens()
                            + " must be at least 1 and together at most " + limits.maxModelLen());
        }
        for (int token : request.promptTokens()) {
            if (token < 0 || token >= limits.vocabSize()) {
                throw new IllegalArgumentException(
                        "token id " + token + " is not in [0, " + limits.vocabSize() + ")");
            }
        }
    }

    private void send(EngineLoop.Command command) {
        loop.enqueue(command);
        thread.wake();
    }

    @Override
    public EngineLimits limits() { return limits; }

    @Override
    public EngineSnapshot snapshot() { return loop.snapshot(); }

    @Override
    public CompletableFuture<String> broken() { return loop.broken().copy(); }

    /** The sequence is made here, so that copying a long prompt takes none of the engine thread's time. */
    @Override
    public boolean quote(GenerateRequest request, Consumer<Optional<Quote>> listener) {
        check(request);
        var asked = new Sequence(NOT_ADDED, request.promptTokens(), request.sampling(), request.cache(),
                request.bid(), System.nanoTime(), NOBODY);
        boolean taken = loop.quotes().ask(asked, listener);
        thread.wake();
        return taken;
    }

    @Override
    public EnginePrices prices() { return EnginePrices.of(policy, blockSize); }

    @Override
    public Takings takings() { return loop.takings(); }

    @Override
    public void drain(Duration timeout) {
        draining = true;
        long deadline = System.nanoTime() + timeout.toNanos();
        while (accepted.get() > loop.snapshot().finished() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, POLL.toNanos());
        }
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
        send(new EngineLoop.Command.CancelAll());
        drain(Duration.ofSeconds(10));
        thread.close();
        loop.quotes().turnAllAway();
        if (!loop.broken().isDone()) { // what a lost device held is freed with the process; to touch it could end that at once
            runner.close();
        }
    }

    private final class Handle implements RequestHandle {
        private final ActiveRequest request;

        Handle(ActiveRequest request) { this.request = request; }

        @Override
        public void cancel() { send(new EngineLoop.Command.Cancel(request)); }

        @Override
        public void stop(int choice) { send(new EngineLoop.Command.Stop(request, choice)); }
    }
}
