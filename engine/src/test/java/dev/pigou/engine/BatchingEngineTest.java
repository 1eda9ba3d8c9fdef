package dev.pigou.engine;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the engine promises its submitters when the device fails, the queue is full, or nobody listens any more. */
@ParameterizedClass(name = "steps planned ahead: {0}")
@ValueSource(booleans = {false, true})
class BatchingEngineTest {
    private static final int VOCAB = 100;
    private static final int MAX_LEN = 64;
    private static final EngineLimits LIMITS = new EngineLimits(VOCAB, MAX_LEN, 20);

    private final boolean ahead;
    private final GatedRunner runner = new GatedRunner();
    private final BatchingEngine engine;

    BatchingEngineTest(boolean ahead) {
        this.ahead = ahead;
        engine = newEngine(3);
    }

    /** Produces token 7 for every row, one step for each permit, and fails when told to. */
    private static final class GatedRunner implements ModelRunner {
        private final Semaphore permits = new Semaphore(0);
        private volatile @Nullable RuntimeException failure;
        /** Steps of more tokens find no memory. */
        private volatile int memoryForTokens = Integer.MAX_VALUE;
        private final AtomicInteger cachesReleased = new AtomicInteger();
        private volatile boolean closed;

        @Override
        public int vocabSize() { return VOCAB; }

        @Override
        public void execute(StepBatch batch, StepOutput output) {
            permits.acquireUninterruptibly();
            @Nullable
            RuntimeException planned = failure;
            if (planned != null) {
                failure = null;
                throw planned;
            }
            if (batch.sections().size(StepSections.Section.TOKENS) > memoryForTokens) {
                throw new DeviceException("planned: no memory", DeviceFailure.OUT_OF_MEMORY,
                        new IllegalStateException());
            }
            double[] values = new double[batch.sections().size(StepSections.Section.SAMPLED)];
            Arrays.fill(values, 7);
            output.set(values);
        }

        @Override
        public void releaseCachedMemory() { cachesReleased.incrementAndGet(); }

        @Override
        public void close() { closed = true; }
    }

    private BatchingEngine newEngine(int maxQueued) {
        var scheduler = new Scheduler(new SchedulerConfig(2, 32, MAX_LEN, new int[]{99}), new FcfsPolicy(),
                new KvCacheManager(32, 4, true, new LruRetention(32)));
        return new BatchingEngine(scheduler, runner, new StepBatch(4, VOCAB, 1), LIMITS, 2, maxQueued, ahead);
    }

    private BatchingEngine newEngine(SchedulingPolicy policy) {
        var scheduler = new Scheduler(new SchedulerConfig(2, 32, MAX_LEN, new int[]{99}), policy,
                new KvCacheManager(32, 4, true, new LruRetention(32)));
        return new BatchingEngine(scheduler, runner, new StepBatch(4, VOCAB, 1), LIMITS, 2, 3, ahead);
    }

    /** Lets nobody in until it was asked often enough, or refuses all. */
    private static final class Doorman implements SchedulingPolicy {
        private final FcfsPolicy order = new FcfsPolicy();
        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean open;
        private volatile @Nullable Refusal refusal;
        private volatile long longestStepNanos;

        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) { return order.compare(a, b, nowNanos); }

        @Override
        public boolean changesWithTime() { return false; }

        @Override
        public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
            asked.incrementAndGet();
            Refusal because = refusal;
            if (because != null) {
                sequence.refuse(because);
                return Admission.REFUSE;
            }
            return open ? Admission.ADMIT : Admission.STOP;
        }

        @Override
        public void stepApplied(StepPlan plan, SchedulerView view, long begunNanos, long nowNanos) {
            longestStepNanos = Math.max(longestStepNanos, nowNanos - begunNanos);
        }
    }

    @Test
    void whoIsHeldBackIsLookedAtAgainWithoutSpinning() throws InterruptedException {
        var doorman = new Doorman();
        try (var guarded = newEngine(doorman)) {
            var sink = new RecordingSink(1);
            runner.permits.release(100);
            guarded.submit(request(2, 1), sink);
            long begin = System.nanoTime();
            while (doorman.asked.get() < 5) {
                Thread.sleep(1);
            }
            long askedAtMost = 10 + (System.nanoTime() - begin) / 10_000_000;
            assertThat(doorman.asked.get()).isLessThan((int) askedAtMost);
            doorman.open = true;
            assertThat(sink.await().reasons).containsExactly(FinishReason.LENGTH);
        }
    }

    @Test
    void whoIsRefusedIsToldWhyAndCountsAsFinished() {
        var doorman = new Doorman();
        try (var guarded = newEngine(doorman)) {
            doorman.refusal = new Refusal(Refusal.Reason.PRICE_TOO_HIGH, 2, 0.5);
            var sink = new RecordingSink(2);
            guarded.submit(request(2, 2), sink);
            assertThat(sink.await().reasons).containsOnly(FinishReason.REFUSED);
            assertThat(sink.endings).allSatisfy(ending -> assertThat(Objects.requireNonNull(ending).refusal())
                    .isEqualTo(doorman.refusal));
            guarded.drain(Duration.ofSeconds(30));
            assertThat(guarded.snapshot().finished()).isEqualTo(2);
            assertThat(guarded.snapshot().waiting()).isZero();
        }
    }

    @Test
    void policiesAreToldHowLongAStepTook() throws InterruptedException {
        var doorman = new Doorman();
        doorman.open = true;
        try (var guarded = newEngine(doorman)) {
            var sink = new RecordingSink(1);
            guarded.submit(request(1, 1), sink);
            while (doorman.asked.get() == 0) {
                Thread.sleep(1);
            }
            Thread.sleep(30);
            runner.permits.release(100);
            Ending ending = Objects.requireNonNull(sink.await().endings.getFirst());
            assertThat(ending.outputTokens()).isEqualTo(1);
            assertThat(ending.delaySeconds()).as("until the token was there").isGreaterThan(0.02);
            assertThat(ending.value()).isLessThan(ending.bid().value());
            assertThat(ending.bill()).isEqualTo(Bill.NOTHING);
        }
        assertThat(doorman.longestStepNanos).as("told once the step is over, after its answers")
                .isGreaterThan(20_000_000);
    }

    @AfterEach
    void close() {
        runner.permits.release(1_000_000);
        engine.close();
        assertThat(runner.closed).as("what a lost device held is left to the end of the process")
                .isEqualTo(!engine.broken().isDone());
    }

    private static GenerateRequest request(int maxTokens, int choices) {
        var sampling = SamplingParams.builder().temperature(0).maxTokens(maxTokens).build();
        return new GenerateRequest("r", new int[]{1, 2, 3, 4, 5}, sampling, choices, 0);
    }

    private RequestHandle accept(GenerateRequest request, RecordingSink sink) {
        return ((Submission.Accepted) engine.submit(request, sink)).handle();
    }

    private void awaitSnapshot(Predicate<EngineSnapshot> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.test(engine.snapshot())) {
            assertThat(System.nanoTime()).as("snapshot %s", engine.snapshot()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aFailedStepEndsItsSequencesAndOnlyThem() {
        runner.failure = new DeviceException("planned", DeviceFailure.STEP, new IllegalStateException());
        var struck = new RecordingSink(1);
        accept(request(5, 1), struck);
        runner.permits.release(1);
        assertThat(struck.await().reasons).containsExactly(FinishReason.ERROR);
        assertThat(Objects.requireNonNull(struck.endings.getFirst()).failure()).isEqualTo(DeviceFailure.STEP);
        var next = new RecordingSink(1);
        runner.permits.release(10);
        accept(request(5, 1), next);
        assertThat(next.await().reasons).containsExactly(FinishReason.LENGTH);
        assertThat(next.tokens.getFirst()).containsOnly(7).hasSize(5);
        awaitSnapshot(snapshot -> snapshot.usedBlocks() == 0 && !engine.broken().isDone());
    }

    @Test
    void aLostDeviceFailsEveryRequestAndSaysSo() {
        runner.failure = new DeviceException("planned", DeviceFailure.LOST, new IllegalStateException());
        var running = new RecordingSink(1);
        var choices = new RecordingSink(3);
        accept(request(5, 1), running);
        accept(request(5, 3), choices);
        runner.permits.release(1);
        assertThat(running.await().reasons).containsOnly(FinishReason.ERROR);
        assertThat(choices.await().reasons).containsOnly(FinishReason.ERROR);
        awaitSnapshot(snapshot -> engine.broken().isDone() && snapshot.usedBlocks() == 0
                && snapshot.waiting() == 0);
        assertThat(choices.endings).allSatisfy(
                ending -> assertThat(Objects.requireNonNull(ending).failure()).isEqualTo(DeviceFailure.LOST));
        assertThat(engine.broken()).isCompletedWithValue("planned");
        assertThat(engine.submit(request(5, 1), new RecordingSink(1)))
                .isEqualTo(new Submission.Broken("planned"));
    }

    @Test
    void aStepTheDeviceHasNoMemoryForIsDoneInSmallerPieces() {
        runner.memoryForTokens = 2;
        var first = new RecordingSink(1);
        var second = new RecordingSink(2);
        accept(request(20, 1), first);
        accept(request(20, 2), second);
        runner.permits.release(10_000);
        assertThat(first.await().reasons).containsExactly(FinishReason.LENGTH);
        assertThat(second.await().reasons).containsOnly(FinishReason.LENGTH);
        assertThat(first.tokens.getFirst()).containsOnly(7).hasSize(20);
        assertThat(runner.cachesReleased).hasPositiveValue();
        awaitSnapshot(snapshot -> snapshot.usedBlocks() == 0 && !engine.broken().isDone());
    }

    @Test
    void onlyWhoFindsNoMemoryForASingleTokenFails() {
        runner.memoryForTokens = 0;
        var struck = new RecordingSink(1);
        accept(request(5, 1), struck);
        runner.permits.release(10_000);
        assertThat(struck.await().reasons).containsExactly(FinishReason.ERROR);
        assertThat(Objects.requireNonNull(struck.endings.getFirst()).failure())
                .isEqualTo(DeviceFailure.OUT_OF_MEMORY);
        runner.memoryForTokens = Integer.MAX_VALUE;
        var next = new RecordingSink(1);
        accept(request(5, 1), next);
        assertThat(next.await().reasons).containsExactly(FinishReason.LENGTH);
        awaitSnapshot(snapshot -> snapshot.usedBlocks() == 0 && !engine.broken().isDone());
    }

    @Test
    void aFullQueueRefusesAndSaysWhenToComeBack() {
        var accepted = new ArrayList<RecordingSink>();
        Submission last;
        do {
            var sink = new RecordingSink(1);
            last = engine.submit(request(4, 1), sink);
            if (last instanceof Submission.Accepted) {
                accepted.add(sink);
            }
            assertThat(accepted.size()).isLessThan(100);
        } while (last instanceof Submission.Accepted);
        var full = (Submission.QueueFull) last;
        assertThat(full.waiting()).isEqualTo(3);
        assertThat(full.retryAfter()).isPositive();
        runner.permits.release(1000);
        accepted.forEach(sink -> assertThat(sink.await().reasons).containsExactly(FinishReason.LENGTH));
    }

    @Test
    void withoutAQueueThereIsStillRoomToRun() {
        try (var strict = newEngine(0)) {
            var sinks = List.of(new RecordingSink(1), new RecordingSink(1));
            for (RecordingSink sink : sinks) {
                assertThat(strict.submit(request(5, 1), sink)).isInstanceOf(Submission.Accepted.class);
            }
            assertThat(strict.submit(request(5, 1), new RecordingSink(1))).isInstanceOfSatisfying(
                    Submission.QueueFull.class, full -> assertThat(full.waiting()).isZero());
            runner.permits.release(1000);
            sinks.forEach(sink -> assertThat(sink.await().reasons).containsExactly(FinishReason.LENGTH));
        }
    }

    @Test
    void cancellingFreesTheBlocksOfEveryChoice() {
        var sink = new RecordingSink(3);
        RequestHandle handle = accept(request(50, 3), sink);
        runner.permits.release(4);
        awaitSnapshot(snapshot -> snapshot.steps() == 4);
        handle.cancel();
        handle.cancel();
        runner.permits.release(2); // for what is in flight
        assertThat(sink.await().reasons).containsOnly(FinishReason.CANCELLED);
        awaitSnapshot(
                snapshot -> snapshot.usedBlocks() == 0 && snapshot.running() == 0 && snapshot.waiting() == 0);
    }

    @Test
    void aStoppedChoiceEndsAndItsSiblingsGoOn() {
        var sink = new RecordingSink(2);
        RequestHandle handle = accept(request(20, 2), sink);
        runner.permits.release(3);
        awaitSnapshot(snapshot -> snapshot.steps() == 3);
        handle.stop(0);
        runner.permits.release(100);
        assertThat(sink.await().reasons).containsExactly(FinishReason.STOP, FinishReason.LENGTH);
        assertThat(sink.tokens.get(1)).hasSize(20);
    }

    @Test
    void siblingsFindThePromptComputed() {
        var sink = new RecordingSink(3);
        runner.permits.release(100);
        accept(request(4, 3), sink);
        sink.await();
        assertThat(sink.cachedTokens).containsExactly(0, 4, 4);
    }

    @Test
    void drainingLetsRunningRequestsFinishAndRefusesNewOnes() {
        var sink = new RecordingSink(1);
        accept(request(10, 1), sink);
        runner.permits.release(1000);
        engine.drain(Duration.ofSeconds(30));
        assertThat(sink.await().reasons).containsExactly(FinishReason.LENGTH);
        assertThat(engine.submit(request(1, 1), new RecordingSink(1)))
                .isInstanceOf(Submission.ShuttingDown.class);
    }

    @Test
    void requestsOutsideTheLimitsAreTheCallersBug() {
        var sink = new RecordingSink(1);
        for (int[] prompt : List.of(new int[0], new int[]{VOCAB}, new int[]{-1}, new int[MAX_LEN])) {
            var bad = new GenerateRequest("r", prompt, request(4, 1).sampling(), 1, 0);
            assertThatThrownBy(() -> engine.submit(bad, sink)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
