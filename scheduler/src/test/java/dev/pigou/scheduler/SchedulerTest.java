package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Plans and endings, to the token, with 8 blocks of 4 tokens. Every step produces token 7. */
final class SchedulerTest {
    private static final int EOS = 2;
    private static final int TOKEN = 7;

    private final KvCacheManager kvCache = new KvCacheManager(8, 4, true, new LruRetention(8));
    private final List<Integer> produced = new ArrayList<>();
    private Scheduler scheduler = scheduler(4, 10, 30);
    private long now;
    private long ids;

    @AfterEach
    void invariantsHold() { scheduler.checkInvariants(now); }

    @Test
    void aLongPromptIsCutByTheBudget() {
        Sequence sequence = add(25, 3);
        assertThat(step()).containsExactly("0:[0,10)");
        assertThat(step()).containsExactly("0:[10,20)");
        assertThat(step()).containsExactly("0:[20,25)+");
        assertThat(step()).containsExactly("0:[25,26)+");
        assertThat(sequence.outputLength()).isEqualTo(2);
    }

    @Test
    void whatRunsGoesBeforeWhatWaits() {
        add(3, 5);
        step();
        add(12, 5);
        assertThat(step()).containsExactly("0:[3,4)+", "1:[0,9)");
        assertThat(step()).containsExactly("0:[4,5)+", "1:[9,12)+");
        assertThat(step()).containsExactly("0:[5,6)+", "1:[12,13)+");
    }

    @Test
    void noMoreRunThanMayRun() {
        scheduler = scheduler(2, 10, 30);
        add(1, 5);
        add(1, 5);
        add(1, 5);
        assertThat(step()).containsExactly("0:[0,1)+", "1:[0,1)+");
        assertThat(scheduler.runningCount()).isEqualTo(2);
        assertThat(scheduler.waitingCount()).isEqualTo(1);
    }

    @Test
    void earlierArrivalsGoFirstWhateverTheOrderOfAdding() {
        Sequence late = sequence(3, params(5), 50);
        Sequence early = sequence(3, params(5), 40);
        scheduler.add(late, now);
        scheduler.add(early, now);
        assertThat(step()).containsExactly("1:[0,3)+", "0:[0,3)+");
    }

    @Test
    void aSequenceIsAdmittedOnlyWithRoomForAllItsTokensAndOneMore() {
        add(16, 9); // 5 blocks of 8 on admission
        add(12, 1); // 3 blocks: no token after the first is computed
        assertThat(step()).containsExactly("0:[0,10)");
        assertThat(step()).containsExactly("0:[10,16)+", "1:[0,4)");
        assertThat(kvCache.usedBlocks()).isEqualTo(8);
        add(1, 1);
        step();
        assertThat(scheduler.waitingCount()).as("no block is left").isEqualTo(1);
    }

    @Test
    void nothingOvertakesTheFirstThatWaits() {
        add(16, 9);
        add(16, 9);
        add(1, 1);
        step();
        step();
        assertThat(step()).containsExactly("0:[16,17)+");
        assertThat(scheduler.waitingCount()).isEqualTo(2);
    }

    @Test
    void theLastInOrderIsPreemptedAndTakesUpWhereItWas() {
        scheduler = scheduler(4, 32, 30);
        Sequence first = add(15, 13);
        Sequence second = add(14, 4);
        assertThat(step()).containsExactly("0:[0,15)+", "1:[0,14)+");
        step();
        assertThat(kvCache.availableBlocks()).isZero();
        assertThat(step()).as("position 16 needs a ninth block").containsExactly("0:[16,17)+");
        assertThat(second.state()).isEqualTo(SequenceState.WAITING);
        assertThat(second.preemptions()).isEqualTo(1);
        assertThat(second.outputLength()).isEqualTo(2);
        assertThat(second.computedTokens()).isZero();
        drain();
        assertThat(first.outputLength()).isEqualTo(13);
        assertThat(second.outputLength()).isEqualTo(4);
        assertThat(scheduler.snapshot().preemptions()).isEqualTo(1);
    }

    @Test
    void nothingIsAdmittedInAStepThatPreempted() {
        scheduler = new Scheduler(new SchedulerConfig(4, 32, 30, new int[]{EOS}), new ShortestPromptFirst(),
                kvCache);
        add(14, 13);
        Sequence victim = add(15, 13);
        step();
        step();
        add(1, 1); // first in order, and would fit in what the victim leaves
        StepPlan plan = scheduler.plan(now);
        assertThat(victim.preemptions()).isEqualTo(1);
        assertThat(plan.preempted()).isEqualTo(1);
        assertThat(plan.size()).isEqualTo(1);
        assertThat(scheduler.waitingCount()).isEqualTo(2);
        scheduler.apply(plan, always(TOKEN), now);
    }

    @Test
    void aSecondEqualPromptComputesOnlyItsLastBlock() {
        scheduler = scheduler(4, 32, 30);
        Sequence first = add(12, 5);
        step();
        Sequence second = likeTheFirst(12, params(5));
        assertThat(step()).containsExactly("0:[12,13)+", "1:[8,12)+");
        assertThat(first.cachedTokens()).isZero();
        assertThat(second.cachedTokens()).isEqualTo(8);
        assertThat(scheduler.snapshot().prefixCacheHits()).isEqualTo(8);
        assertThat(scheduler.snapshot().promptTokens()).isEqualTo(16);
    }

    @Test
    void aPromptThatIsScoredIsComputedInFull() {
        scheduler = scheduler(4, 32, 30);
        add(12, 5);
        step();
        Sequence scored = likeTheFirst(12, SamplingParams.builder().maxTokens(2).promptLogprobs(0).build());
        assertThat(step()).containsExactly("0:[12,13)+", "1:[0,12)+");
        assertThat(scored.cachedTokens()).isZero();
        assertThat(scored.scoresPrompt()).isTrue();
    }

    @Test
    void endOfSequenceEndsUnlessIgnored() {
        Sequence stops = add(3, 5);
        Sequence goesOn = sequence(3, SamplingParams.builder().maxTokens(5).ignoreEos(true).build(), now);
        scheduler.add(goesOn, now);
        scheduler.apply(scheduler.plan(now), always(EOS), now);
        assertThat(stops.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(produced).as("the listener sees the end token").containsExactly(EOS, EOS);
        assertThat(goesOn.state()).isEqualTo(SequenceState.RUNNING);
    }

    @Test
    void aStopTokenEndsTheSequence() {
        Sequence sequence = sequence(3, SamplingParams.builder().maxTokens(5).stopTokenIds(9, TOKEN).build(),
                now);
        scheduler.add(sequence, now);
        step();
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void mostTokensAndModelLengthEndTheSequence() {
        Sequence byTokens = add(3, 2);
        Sequence byModel = add(29, 100);
        drain();
        assertThat(byTokens.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(byTokens.outputLength()).isEqualTo(2);
        assertThat(byModel.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(byModel.outputLength()).isEqualTo(1);
    }

    @Test
    void withoutTokensToProduceThePromptIsComputedAndNothingSampled() {
        Sequence scored = add(12, 0);
        assertThat(step()).containsExactly("0:[0,10)");
        assertThat(step()).containsExactly("0:[10,12)");
        assertThat(scored.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(produced).isEmpty();
        assertThat(kvCache.cachedBlocks()).isEqualTo(3);
    }

    @Test
    void aPromptAsLongAsTheModelAllowsGetsNoToken() {
        Sequence full = add(30, 5);
        drain();
        assertThat(full.outputLength()).isZero();
        assertThat(full.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aFailedChunkEndsItsSequenceAndIsNotCached() {
        Sequence sequence = add(12, 5);
        step();
        assertThat(kvCache.freeBlocks()).isEqualTo(4);
        scheduler.apply(scheduler.plan(now), new Failing(), now);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.ERROR);
        assertThat(kvCache.freeBlocks()).as("even what it computed in the step before").isEqualTo(8);
    }

    @Test
    void aFailedStepEndsItsSequencesAndNoOthers() {
        Sequence first = add(3, 5);
        Sequence second = add(3, 5);
        Sequence third = add(25, 5);
        scheduler.fail(scheduler.plan(now), now);
        assertThat(List.of(first, second)).allMatch(s -> s.finishReason() == FinishReason.ERROR);
        assertThat(third.state()).as("did not fit yet").isEqualTo(SequenceState.WAITING);
        assertThat(kvCache.freeBlocks()).isEqualTo(8);
        drain();
        assertThat(third.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aRetractedStepIsPlannedAgainInSmallerPieces() {
        Sequence first = add(3, 5);
        Sequence second = add(12, 5);
        StepPlan plan = scheduler.plan(now);
        assertThat(plan.totalTokens()).isGreaterThan(2);
        scheduler.retract(plan);
        scheduler.checkInvariants(now);
        assertThat(List.of(first, second)).allMatch(s -> s.computedTokens() == 0);
        StepPlan smaller = scheduler.plan(2, now);
        assertThat(smaller.totalTokens()).isEqualTo(2);
        scheduler.retract(smaller);
        assertThatThrownBy(() -> scheduler.retract(smaller)).isInstanceOf(IllegalStateException.class);
        drain();
        assertThat(List.of(first, second)).allMatch(s -> s.outputLength() == 5);
        assertThat(kvCache.usedBlocks()).isZero();
    }

    @Test
    void finishingTwiceDoesNothing() {
        Sequence sequence = add(3, 5);
        step();
        scheduler.finish(sequence, FinishReason.STOP, now);
        scheduler.finish(sequence, FinishReason.CANCELLED, now);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(scheduler.hasWork()).isFalse();
        assertThat(kvCache.usedBlocks()).isZero();
    }

    @Test
    void aWaitingSequenceCanBeCancelled() {
        List<Sequence> waiting = IntStream.range(0, 9).mapToObj(i -> add(3, 5)).toList();
        scheduler.finish(waiting.get(4), FinishReason.CANCELLED, now);
        scheduler.finish(waiting.get(8), FinishReason.CANCELLED, now);
        scheduler.finish(waiting.get(0), FinishReason.CANCELLED, now);
        scheduler.checkInvariants(now);
        assertThat(step()).containsExactly("1:[0,3)+", "2:[0,3)+", "3:[0,3)+", "5:[0,1)");
    }

    @Test
    void aSequenceCancelledDuringItsStepIsPassedOver() {
        Sequence sequence = add(3, 5);
        add(3, 5);
        StepPlan plan = scheduler.plan(now);
        scheduler.finish(sequence, FinishReason.CANCELLED, now);
        scheduler.apply(plan, always(TOKEN), now);
        assertThat(sequence.outputLength()).isZero();
        assertThat(produced).hasSize(1);
    }

    @Test
    void whatCanNeverFitIsRefusedWithTheNumbers() {
        scheduler = scheduler(4, 10, 100);
        assertThatIllegalArgumentException().isThrownBy(() -> add(10, 90))
                .withMessage("sequence 0 can grow to 100"
                        + " tokens, but the KV cache has room for 32; ask for fewer tokens or give the cache more memory");
        assertThatIllegalArgumentException().isThrownBy(() -> add(101, 1)).withMessageContaining("101")
                .withMessageContaining("100");
        Sequence justFits = add(10, 23);
        drain();
        assertThat(justFits.outputLength()).as("the last token needs no block").isEqualTo(23);
    }

    @Test
    void anEmptyPromptIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> add(0, 1))
                .withMessageContaining("empty prompt");
    }

    @Test
    void misuseIsNamed() {
        Sequence sequence = add(3, 5);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.add(sequence, now))
                .withMessageContaining("added before");
        assertThatIllegalStateException()
                .isThrownBy(() -> scheduler.finish(sequence(3, params(1), now), FinishReason.STOP, now))
                .withMessageContaining("never added");
        StepPlan plan = scheduler.plan(now);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.plan(now));
        scheduler.apply(plan, always(TOKEN), now);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.apply(plan, always(TOKEN), now));
    }

    @Test
    void anAnswerMayOutgrowItsFirstStorage() {
        KvCacheManager large = new KvCacheManager(400, 16, true, new LruRetention(400));
        scheduler = new Scheduler(new SchedulerConfig(1, 10, 6000, new int[]{EOS}), new FcfsPolicy(), large);
        Sequence sequence = sequence(3, params(5000), now);
        scheduler.add(sequence, now);
        while (scheduler.hasWork()) {
            scheduler.apply(scheduler.plan(now), always(TOKEN), now);
        }
        assertThat(sequence.length()).isEqualTo(5003);
        assertThat(sequence.token(5002)).isEqualTo(TOKEN);
    }

    @Test
    void anEmptyPlanNeedsNoApplying() {
        assertThat(scheduler.plan(now).size()).isZero();
        assertThat(scheduler.plan(now).size()).isZero();
    }

    @Test
    void aPolicyMayChangeItsMind() {
        scheduler = new Scheduler(new SchedulerConfig(1, 10, 30, new int[]{EOS}), new LatestFirstOnOddSteps(),
                kvCache);
        now = 2;
        add(3, 1);
        add(3, 1);
        add(3, 1);
        now = 3;
        assertThat(step()).containsExactly("2:[0,3)+");
        assertThat(now).isEqualTo(4);
        assertThat(step()).containsExactly("0:[0,3)+");
    }

    /** Who learns from how long answers got must know whether they were cut. */
    @Test
    void aPolicyIsToldOfAnEndOnceItsReasonIsKnown() {
        List<FinishReason> reasons = new ArrayList<>();
        scheduler = new Scheduler(new SchedulerConfig(4, 10, 30, new int[]{EOS}), new Mourner(reasons),
                kvCache);
        add(3, 1);
        Sequence cancelled = add(3, 9);
        step();
        scheduler.finish(cancelled, FinishReason.CANCELLED, now);
        assertThat(reasons).containsExactly(FinishReason.LENGTH, FinishReason.CANCELLED);
    }

    private record Mourner(List<FinishReason> reasons) implements SchedulingPolicy {
        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) { return Long.compare(a.id(), b.id()); }

        @Override
        public boolean changesWithTime() { return false; }

        @Override
        public void ended(Sequence sequence, long nowNanos) {
            reasons.add(Objects.requireNonNull(sequence.finishReason()));
        }
    }

    private static final class ShortestPromptFirst implements SchedulingPolicy {
        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) {
            int byLength = Integer.compare(a.promptLength(), b.promptLength());
            return byLength != 0 ? byLength : Long.compare(a.id(), b.id());
        }

        @Override
        public boolean changesWithTime() { return false; }
    }

    private static final class LatestFirstOnOddSteps implements SchedulingPolicy {
        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) {
            int byId = Long.compare(a.id(), b.id());
            return nowNanos % 2 == 0 ? byId : -byId;
        }

        @Override
        public boolean changesWithTime() { return true; }
    }

    private Scheduler scheduler(int maxNumSeqs, int maxNumBatchedTokens, int maxModelLen) {
        return new Scheduler(
                new SchedulerConfig(maxNumSeqs, maxNumBatchedTokens, maxModelLen, new int[]{EOS}),
                new FcfsPolicy(), kvCache);
    }

    private Sequence add(int promptLength, int maxTokens) {
        Sequence sequence = sequence(promptLength, params(maxTokens), now);
        scheduler.add(sequence, now);
        return sequence;
    }

    private Sequence sequence(int promptLength, SamplingParams params, long arrivalNanos) {
        int first = (int) ids * 1000; // no two prompts share a prefix
        int[] prompt = IntStream.range(first, first + promptLength).toArray();
        return new Sequence(ids++, prompt, params, 0, arrivalNanos, listener());
    }

    private Sequence likeTheFirst(int promptLength, SamplingParams params) {
        int[] prompt = IntStream.range(0, promptLength).toArray();
        Sequence sequence = new Sequence(ids++, prompt, params, 0, now, listener());
        scheduler.add(sequence, now);
        return sequence;
    }

    /** All sequences of a test write to one list. */
    private SequenceListener listener() {
        return new SequenceListener() {
            @Override
            public void onToken(Sequence sequence, int token, int chunk) { produced.add(token); }

            @Override
            public void onFinished(Sequence sequence, FinishReason reason) {
                assertThat(sequence.blocks().size()).isZero();
            }
        };
    }

    private static SamplingParams params(int maxTokens) {
        return SamplingParams.builder().maxTokens(maxTokens).build();
    }

    /** Plans and applies one step; returns its chunks as {@code id:[from,to)}, with a + if it samples. */
    private List<String> step() {
        StepPlan plan = scheduler.plan(now);
        List<String> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            chunks.add(plan.sequence(chunk).id() + ":[" + plan.from(chunk) + "," + plan.to(chunk) + ")"
                    + (plan.samples(chunk) ? "+" : ""));
        }
        scheduler.apply(plan, always(TOKEN), now);
        scheduler.checkInvariants(now);
        now++;
        return chunks;
    }

    private void drain() {
        for (int i = 0; i < 200 && scheduler.hasWork(); i++) {
            step();
        }
        assertThat(scheduler.hasWork()).isFalse();
    }

    private static StepResult always(int token) {
        return new StepResult() {
            @Override
            public int token(int chunk) { return token; }

            @Override
            public boolean failed(int chunk) { return false; }
        };
    }

    private static final class Failing implements StepResult {
        @Override
        public int token(int chunk) { throw new AssertionError("a failed chunk has no token"); }

        @Override
        public boolean failed(int chunk) { return true; }
    }
}
