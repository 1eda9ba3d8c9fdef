package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Plans made while another is in flight, to the token, with 8 blocks of 4 tokens. */
final class PlanAheadTest {
    private static final int EOS = 2;
    private static final int TOKEN = 7;

    private final KvCacheManager kvCache = new KvCacheManager(8, 4, true, new LruRetention(8));
    private final List<Long> stepNanos = new ArrayList<>();
    private final Scheduler scheduler = new Scheduler(new SchedulerConfig(4, 10, 30, new int[]{EOS}),
            new Timed(), kvCache);
    private long now;
    private long ids;

    /** Notes how long steps took. */
    private final class Timed implements SchedulingPolicy {
        private final FcfsPolicy order = new FcfsPolicy();

        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) { return order.compare(a, b, nowNanos); }

        @Override
        public boolean changesWithTime() { return false; }

        @Override
        public void stepApplied(StepPlan plan, SchedulerView view, long begunNanos, long nowNanos) {
            stepNanos.add(nowNanos - begunNanos);
        }
    }

    private record Always(int token) implements StepResult {
        @Override
        public int token(int chunk) { return token; }

        @Override
        public boolean failed(int chunk) { return false; }
    }

    @AfterEach
    void invariantsHold() { scheduler.checkInvariants(now); }

    private Sequence add(int promptLength, int maxTokens) {
        int[] prompt = new int[promptLength];
        for (int i = 0; i < promptLength; i++) {
            prompt[i] = 100 * (int) ids + i;
        }
        Sequence sequence = new Sequence(ids++, prompt, SamplingParams.builder().maxTokens(maxTokens).build(),
                0, now, new Recorder());
        scheduler.add(sequence, now);
        return sequence;
    }

    private StepPlan launch() {
        StepPlan plan = scheduler.plan(now);
        scheduler.launched(plan);
        return plan;
    }

    private void apply(StepPlan plan, int token) { scheduler.apply(plan, new Always(token), now); }

    private static List<String> chunks(StepPlan plan) {
        List<String> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            chunks.add(plan.sequence(chunk).id() + ":[" + plan.from(chunk) + "," + plan.to(chunk) + ")"
                    + (plan.samples(chunk) ? "+" : "")
                    + (plan.awaits(chunk) >= 0 ? " after " + plan.awaits(chunk) : ""));
        }
        return chunks;
    }

    @Test
    void whatIsInFlightCountsAsComputedAndItsTokenAsThere() {
        Sequence first = add(3, 5);
        Sequence second = add(12, 5);
        StepPlan one = launch();
        assertThat(chunks(one)).containsExactly("0:[0,3)+", "1:[0,7)");
        StepPlan two = scheduler.plan(now);
        assertThat(chunks(two)).containsExactly("0:[3,4)+ after 0", "1:[7,12)+");
        assertThat(first.length()).as("its token is not known yet").isEqualTo(3);
        apply(one, TOKEN);
        scheduler.launched(two);
        assertThat(chunks(scheduler.plan(now))).containsExactly("0:[4,5)+ after 0", "1:[12,13)+ after 1");
        apply(two, TOKEN);
        assertThat(first.outputLength()).isEqualTo(2);
        assertThat(second.outputLength()).isEqualTo(1);
    }

    @Test
    void nothingIsPlannedAfterTheLastToken() {
        Sequence sequence = add(3, 1);
        StepPlan last = launch();
        assertThat(scheduler.plan(now).size()).isZero();
        apply(last, TOKEN);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(kvCache.usedBlocks()).isZero();
    }

    @Test
    void whoStopsMeanwhileIsPassedOver() {
        Sequence sequence = add(3, 5);
        StepPlan one = launch();
        StepPlan inVain = scheduler.plan(now);
        apply(one, EOS);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(kvCache.usedBlocks()).isZero();
        scheduler.launched(inVain);
        apply(inVain, TOKEN);
        assertThat(sequence.outputLength()).isEqualTo(1);
    }

    /** The second wants a block that only the first's memory can give. */
    @Test
    void whoIsPreemptedMeanwhileComputesTheDroppedTokenAgain() {
        Sequence first = add(15, 14);
        Sequence second = add(12, 14);
        StepPlan plan = launch();
        while (second.preemptions() == 0) {
            StepPlan next = scheduler.plan(now);
            apply(plan, TOKEN);
            scheduler.checkInvariants(now);
            scheduler.launched(next);
            plan = next;
        }
        int before = second.outputLength();
        assertThat(second.state()).isEqualTo(SequenceState.WAITING);
        assertThat(second.uncomputed()).as("everything, but no token that is in flight")
                .isEqualTo(second.length());
        for (int i = 0; i < 100 && scheduler.hasWork(); i++) {
            StepPlan next = scheduler.plan(now);
            apply(plan, TOKEN);
            scheduler.launched(next);
            plan = next;
        }
        apply(plan, TOKEN);
        assertThat(before).isLessThan(14);
        assertThat(List.of(first, second)).allMatch(each -> each.outputLength() == 14);
    }

    @Test
    void whatFailedTakesWhatWasPlannedAfterItAlong() {
        Sequence sequence = add(3, 5);
        StepPlan failed = launch();
        StepPlan after = scheduler.plan(now);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.retract(failed))
                .withMessageContaining("after this one");
        scheduler.retract(after);
        scheduler.retract(failed);
        assertThat(sequence.computedTokens()).isZero();
        StepPlan again = launch();
        assertThat(chunks(again)).containsExactly("0:[0,3)+");
        scheduler.fail(again, now);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.ERROR);
    }

    @Test
    void aStepBeginsWhenTheOneBeforeIsOver() {
        add(3, 5);
        now = 10;
        StepPlan one = launch();
        now = 12;
        StepPlan two = scheduler.plan(now);
        now = 20;
        apply(one, TOKEN);
        scheduler.launched(two);
        now = 27;
        apply(two, TOKEN);
        assertThat(stepNanos).containsExactly(10L, 7L);
    }

    @Test
    void onlyOneIsInFlight() {
        add(3, 5);
        StepPlan one = launch();
        assertThatIllegalStateException().isThrownBy(() -> scheduler.launched(one));
        StepPlan two = scheduler.plan(now);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.launched(two));
        assertThatIllegalStateException().isThrownBy(() -> scheduler.plan(now));
        assertThatIllegalStateException().isThrownBy(() -> apply(two, TOKEN));
        apply(one, TOKEN);
        apply(two, TOKEN);
    }
}
