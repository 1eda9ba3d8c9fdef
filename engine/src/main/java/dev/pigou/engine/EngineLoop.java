package dev.pigou.engine;

import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerSnapshot;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's work, one step at a time: take commands, then bring a step of the {@link StepPipeline} to its end. It has no
 * thread of its own; whoever calls {@link #runOnce} (the {@link EngineThread}) owns scheduler and cache. Other threads only
 * {@link #enqueue} commands and read the {@link #snapshot}.
 */
final class EngineLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);
    private static final int INBOX_CHUNK = 256;

    private final Scheduler scheduler;
    private final StepPipeline pipeline;
    private final Queue<Command> inbox = new MpscUnboundedVarHandleArrayQueue<>(INBOX_CHUNK);
    private final Set<ActiveRequest> active = new HashSet<>();
    /** Sequences whose prompt is scored, and the requests that hear of it. */
    private final Map<Sequence, ActiveRequest> scoring = new HashMap<>();
    /** Requests whose prompt is in the cache now, so that their other choices can start. */
    private final Queue<ActiveRequest> promptsComputed = new ArrayDeque<>();
    /** Choices of accepted requests that are not yet in the scheduler's queue. */
    private int heldBack;

    private final Takings takings = new Takings();
    private final QuoteDesk quotes = new QuoteDesk();
    /** When what happens at present happens. */
    private long clockNanos;
    private long nextSequenceId;
    /** Why sequences end with an error at present; null if for what the model computed for them. */
    private @Nullable DeviceFailure failure;
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    /** Of the step whose tokens are told at present. */
    private @Nullable StepOutput output;
    private long stepNanos;
    private long lastStepNanos;
    private long finishedSequences;
    private volatile EngineSnapshot snapshot;

    /** @param ahead whether steps are planned while the one before is executed */
    EngineLoop(Scheduler scheduler, ModelRunner runner, StepBatch batch, boolean ahead) {
        this.scheduler = scheduler;
        pipeline = new StepPipeline(scheduler, runner, batch, ahead, new Told());
        snapshot = takeSnapshot();
    }

    /** What other threads ask of the engine thread. */
    sealed interface Command {
        record Submit(ActiveRequest request) implements Command {}

        record Cancel(ActiveRequest request) implements Command {}

        record Stop(ActiveRequest request, int choice) implements Command {}

        /** Ends every request. */
        record CancelAll() implements Command {}
    }

    /** Safe from any thread. The engine thread has to be woken if it sleeps. */
    void enqueue(Command command) {
        inbox.add(command);
    }

    /** True if somebody waits or runs; if {@link #runOnce} does nothing all the same, the policy holds them back. */
    boolean hasWork() {
        return scheduler.hasWork();
    }

    boolean hasCommands() { return !inbox.isEmpty() || !quotes.isEmpty(); }

    /** Safe from any thread. */
    EngineSnapshot snapshot() { return snapshot; }

    /** Where any thread may ask for quotes. The engine thread has to be woken if it sleeps. */
    QuoteDesk quotes() {
        return quotes;
    }

    /** Safe from any thread. */
    Takings takings() { return takings; }

    /**
     * Takes all commands and runs at most one step.
     *
     * @return how much was done; 0 if there was nothing to do
     */
    int runOnce(long nowNanos) {
        clockNanos = nowNanos;
        long finishedBefore = finishedSequences;
        int work = drainInbox(nowNanos);
        startSiblings(nowNanos);
        if (scheduler.hasWork() || pipeline.isInFlight()) {
            work += pipeline.step(nowNanos) ? 1 : 0;
            lastStepNanos = System.nanoTime() - nowNanos;
            stepNanos += lastStepNanos;
        } else {
            scheduler.idle(nowNanos);
        }
        if (!quotes.isEmpty()) {
            work += quotes.answerSome(scheduler, lastStepNanos, System.nanoTime());
        }
        if (finishedSequences > finishedBefore) {
            takings.look(scheduler.view().kvCache().ledger());
        }
        if (work > 0 || finishedSequences > finishedBefore) {
            snapshot = takeSnapshot();
        }
        return work;
    }

    /**
     * Ends every request with an error and takes no more: nothing can succeed from now on.
     *
     * @param reason what the operator is told
     */
    void abandon(String reason, long nowNanos) {
        clockNanos = nowNanos;
        failure = DeviceFailure.LOST;
        broken.complete(reason); // before their ends are told: who tries again at once must not be let in
        endAll(FinishReason.ERROR, nowNanos);
        snapshot = takeSnapshot();
    }

    /** Completes with the reason once nothing submitted can succeed any more. Safe from any thread. */
    CompletableFuture<String> broken() {
        return broken;
    }

    /** Why sequences end with an error at present; asked by {@link ActiveRequest} from within the scheduler's calls. */
    @Nullable
    DeviceFailure failure() { return failure; }

    private int drainInbox(long nowNanos) {
        int taken = 0;
        for (Command command = inbox.poll(); command != null; command = inbox.poll()) {
            taken++;
            switch (command) {
                case Command.Submit(var request) -> start(request, nowNanos);
                case Command.Cancel(var request) -> request.end(scheduler, FinishReason.CANCELLED, nowNanos);
                case Command.Stop(var request, int choice) -> request.stop(scheduler, choice, nowNanos);
                case Command.CancelAll() -> endAll(FinishReason.CANCELLED, nowNanos);
            }
        }
        return taken;
    }

    /** Queues the first choice; the others follow once the prompt they share is computed. */
    private void start(ActiveRequest request, long nowNanos) {
        active.add(request);
        heldBack += request.choices();
        request.open(this);
        if (!broken.isDone()) {
            add(request, 0, nowNanos);
        } else {
            request.end(scheduler, FinishReason.ERROR, nowNanos);
        }
    }

    private void startSiblings(long nowNanos) {
        for (ActiveRequest request = promptsComputed.poll(); request != null; request = promptsComputed
                .poll()) {
            for (int choice = 1; choice < request.choices(); choice++) {
                if (!request.isFinished(choice)) {
                    add(request, choice, nowNanos);
                }
            }
        }
    }

    private void add(ActiveRequest request, int choice, long nowNanos) {
        heldBack--;
        Sequence sequence = request.sequence(choice, nextSequenceId++);
        if (sequence.scoresPrompt()) {
            scoring.put(sequence, request);
        }
        scheduler.add(sequence, nowNanos);
    }

    /** What the pipeline tells of its steps. */
    private final class Told implements StepPipeline.Listener {
        @Override
        public void onExecuted(StepPlan plan, StepOutput executed, long nowNanos) {
            clockNanos = nowNanos;
            output = executed;
            if (!scoring.isEmpty()) {
                reportScoredPrompts(plan, executed);
            }
        }

        @Override
        public void onFailing(DeviceFailure what, Throwable thrown, long nowNanos) {
            clockNanos = nowNanos;
            failure = what;
            if (what == DeviceFailure.LOST) {
                broken.complete(String.valueOf(thrown.getMessage())); // as in abandon, before anybody is told
            }
        }

        @Override
        public void onFailed(DeviceFailure what, Throwable thrown) {
            failure = null;
            if (what == DeviceFailure.LOST) {
                LOG.error("The device is lost: every request fails until the server is restarted");
                abandon(String.valueOf(thrown.getMessage()), clockNanos);
            }
        }
    }

    private void endAll(FinishReason reason, long nowNanos) {
        for (ActiveRequest request : Set.copyOf(active)) {
            request.end(scheduler, reason, nowNanos);
        }
    }

    private void reportScoredPrompts(StepPlan plan, StepOutput executed) {
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            ActiveRequest request = scoring.get(plan.sequence(chunk));
            if (request != null) {
                int top = plan.sequence(chunk).params().promptLogprobs();
                for (int at = plan.from(chunk); at < LogitRows.lastScored(plan, chunk); at++) {
                    request.promptScored(at + 1, executed.promptLogprobs(plan, chunk, at + 1, top));
                }
            }
        }
    }

    /** When what happens at present happens; asked from within the scheduler's calls. */
    long clockNanos() {
        return clockNanos;
    }

    /** Log-probabilities of the token just sampled; asked for by {@link ActiveRequest} from within {@code apply}. */
    TokenLogprobs logprobs(int chunk, int top) {
        return Objects.requireNonNull(output).logprobs(chunk, top);
    }

    /** The other choices start before the next step, not at once: this is called from within {@code apply}. */
    void promptComputed(ActiveRequest request) {
        if (request.choices() > 1) {
            promptsComputed.add(request);
        }
    }

    /** Counts what a lease cost when it ends, and hands it on. */
    PrefixLease.Listener tellOfLeases(PrefixLease.Listener further) {
        return new PrefixLease.Listener() {
            @Override
            public void onAccrued(PrefixLease lease) { further.onAccrued(lease); }

            @Override
            public void onEnded(PrefixLease lease) {
                takings.count(lease);
                further.onEnded(lease);
            }
        };
    }

    /** Waits for the device and bills the leases that stand. The last that the loop does. */
    void close(long nowNanos) {
        pipeline.close();
        scheduler.endLeases(nowNanos);
    }

    void sequenceFinished(Sequence sequence) {
        finishedSequences++;
        takings.count(sequence);
        scoring.remove(sequence);
    }

    /** A choice ended before it had a sequence. */
    void heldBackFinished() {
        finishedSequences++;
        heldBack--;
    }

    void requestFinished(ActiveRequest request) { active.remove(request); }

    private EngineSnapshot takeSnapshot() {
        SchedulerSnapshot s = scheduler.snapshot();
        return new EngineSnapshot(s.running(), s.waiting() + heldBack, s.totalBlocks(), s.usedBlocks(),
                s.cachedBlocks(), s.promptTokens(), s.generationTokens(), s.prefixCacheQueries(),
                s.prefixCacheHits(), s.prefixCacheForeignHits(), s.preemptions(), finishedSequences,
                pipeline.steps(), stepNanos, pipeline.deviceNanos());
    }
}
