package dev.pigou.bench.sim.ablation;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.estimate.LearnedOutputLengths;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.estimate.StepCostModel;
import dev.pigou.scheduler.price.PriceConfig;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class LastInFirstOutTest {
    private static final int BLOCK_SIZE = 16;
    private static final int BLOCKS = 12;
    private static final long STEP_NANOS = 30_000_000;
    private long nowNanos;

    private static PricePolicy price() {
        return new PricePolicy(PriceConfig.DEFAULT, new LearnedOutputLengths(0),
                new StepCostModel(StepCost.llama70bOnH100(BLOCK_SIZE), 8), BLOCK_SIZE,
                RetentionView.WORTHLESS);
    }

    /** Three that grow until memory is short, the last of them worth most; which of them gave way. */
    private int victim(SchedulingPolicy policy) {
        Scheduler scheduler = new Scheduler(new SchedulerConfig(8, 512, BLOCKS * BLOCK_SIZE, new int[0]),
                policy, new KvCacheManager(BLOCKS, BLOCK_SIZE, true, new LruRetention(BLOCKS)));
        Sequence[] all = {sequence(0, 1), sequence(1, 2), sequence(2, 1000)};
        for (Sequence each : all) {
            scheduler.add(each, nowNanos);
            step(scheduler);
        }
        for (int i = 0; i < 60; i++) {
            step(scheduler);
            for (Sequence each : all) {
                if (each.preemptions() > 0) {
                    return (int) each.id();
                }
            }
        }
        throw new IllegalStateException("nobody gave way");
    }

    private void step(Scheduler scheduler) {
        StepPlan plan = scheduler.plan(nowNanos);
        nowNanos += STEP_NANOS;
        scheduler.apply(plan, new Token(), nowNanos);
    }

    private Sequence sequence(int id, double value) {
        int[] prompt = new int[40];
        Arrays.fill(prompt, id);
        Bid bid = new Bid(Tenant.ANYBODY, value, value / 1000, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
        return new Sequence(id, prompt, SamplingParams.builder().maxTokens(100).build(), CacheTerms.salted(0),
                bid, nowNanos, new Silent());
    }

    private record Token() implements StepResult {
        @Override
        public int token(int chunk) { return 7; }

        @Override
        public boolean failed(int chunk) { return false; }
    }

    private record Silent() implements SequenceListener {
        @Override
        public void onToken(Sequence producing, int token, int chunk) {}

        @Override
        public void onFinished(Sequence ended, FinishReason reason) {}
    }

    @Test
    void whoCameLastGivesWayThoughHeIsWorthMost() {
        assertThat(victim(new LastInFirstOut(price(), 0))).isEqualTo(2);
        assertThat(victim(price())).isNotEqualTo(2);
    }

    @Test
    void aWatermarkKeepsMemoryFree() {
        assertThat(freeBlocks(price())).isZero();
        assertThat(freeBlocks(new LastInFirstOut(price(), 0.5))).isEqualTo(6);
    }

    /** After four have come, each of which needs three of twelve blocks. */
    private int freeBlocks(SchedulingPolicy policy) {
        Scheduler scheduler = new Scheduler(new SchedulerConfig(8, 512, BLOCKS * BLOCK_SIZE, new int[0]),
                policy, new KvCacheManager(BLOCKS, BLOCK_SIZE, true, new LruRetention(BLOCKS)));
        for (int id = 0; id < 4; id++) {
            scheduler.add(sequence(id, 1), nowNanos);
        }
        step(scheduler);
        return scheduler.view().kvCache().availableBlocks();
    }

    @ParameterizedTest
    @ValueSource(strings = {"last-in:1", "last-in:x", "last-in:-0.1", "posted-frozen:NaN", "first-in", ""})
    void variantsThatThereAreNotAreExplained(String name) {
        assertThatThrownBy(() -> Ablations.named(name, price(), 1))
                .isInstanceOf(IllegalArgumentException.class).message().isNotBlank().doesNotContain("\n");
    }

    @Test
    void theirPricesAreThoseOfThePolicyTheyVary() {
        PricePolicy price = price();
        assertThat(Ablations.priceOf(Ablations.named("posted-live", price, 1))).containsSame(price);
        assertThat(Ablations.priceOf(price)).containsSame(price);
    }
}
