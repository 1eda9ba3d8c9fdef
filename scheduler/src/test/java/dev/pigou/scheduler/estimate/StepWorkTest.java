package dev.pigou.scheduler.estimate;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.Answers;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.policy.FcfsPolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class StepWorkTest {
    private static final int BLOCK_SIZE = 16;

    private final Scheduler scheduler = new Scheduler(new SchedulerConfig(4, 64, 400, new int[]{2}),
            new FcfsPolicy(), new KvCacheManager(100, BLOCK_SIZE, true, new LruRetention(100)));
    private final StepWork work = new StepWork();

    @Test
    void promptsArePrefillAndWhatFollowsIsDecode() {
        scheduler.add(Answers.begin(1, Tenant.ANYBODY, 40, 9), 0);
        scheduler.add(Answers.begin(2, Tenant.ANYBODY, 100, 9), 0);
        expect(step(), 64, 40 * 20 + 24 * 12, 0, 0);
        expect(step(), 63, 63 * (24 + 31.5), 1, 3);
        expect(step(), 13, 13 * (87 + 6.5), 1, 3);
        expect(step(), 0, 0, 2, 3 + 7);
    }

    /** Who learns from a step sees its plan when its tokens have been counted already. */
    @Test
    void aPlanSaysTheSameOnceItWasApplied() {
        scheduler.add(Answers.begin(1, Tenant.ANYBODY, 33, 9), 0);
        step();
        StepPlan plan = step();
        expect(plan, 0, 0, 1, 3);
    }

    @Test
    void aPromptThatIsOnlyScoredIsPrefill() {
        scheduler.add(Answers.begin(1, Tenant.ANYBODY, 1, 0), 0);
        expect(step(), 1, 0.5, 0, 0);
    }

    private void expect(StepPlan plan, long prefillTokens, double contexts, int sequences, long blocks) {
        work.set(plan, BLOCK_SIZE);
        assertThat(work.prefillTokens()).isEqualTo(prefillTokens);
        assertThat(work.prefillTokenContexts()).isEqualTo(contexts);
        assertThat(work.decodeSequences()).isEqualTo(sequences);
        assertThat(work.kvBlocksRead()).isEqualTo(blocks);
    }

    private StepPlan step() {
        StepPlan plan = scheduler.plan(0);
        String before = work.set(plan, BLOCK_SIZE).toString();
        scheduler.apply(plan, new Sevens(), 0);
        assertThat(work.set(plan, BLOCK_SIZE)).hasToString(before);
        return plan;
    }

    private static final class Sevens implements StepResult {
        @Override
        public int token(int chunk) { return 7; }

        @Override
        public boolean failed(int chunk) { return false; }
    }
}
