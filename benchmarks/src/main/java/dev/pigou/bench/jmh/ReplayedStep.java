package dev.pigou.bench.jmh;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.SplittableRandom;

/**
 * Plans of the real scheduler that are packed and executed again and again without ever being applied: every execution
 * computes the same positions of the same sequences, so all operations of a benchmark are equal. Prompts are random
 * ids; a decode step's context counts as computed although no device did so.
 */
final class ReplayedStep {
    static final int BLOCK_SIZE = 16;

    private ReplayedStep() {}

    /** Blocks the device needs for either step, the null block among them. */
    static int blocks(int sequences, int tokensEach) {
        return 1 + sequences * (tokensEach / BLOCK_SIZE + 2);
    }

    /** One token for each of some sequences, all of whose {@code contextTokens} are computed. */
    static StepPlan decode(int sequences, int contextTokens, int vocabulary, SamplingParams params) {
        Scheduler scheduler = scheduler(sequences, contextTokens, vocabulary, params);
        scheduler.apply(scheduler.plan(0), new ConstantToken(), 0);
        return scheduler.plan(0);
    }

    /** The whole of some prompts. */
    static StepPlan prefill(int sequences, int promptTokens, int vocabulary, SamplingParams params) {
        return scheduler(sequences, promptTokens, vocabulary, params).plan(0);
    }

    private static Scheduler scheduler(int sequences, int promptTokens, int vocabulary,
            SamplingParams params) {
        int blocks = blocks(sequences, promptTokens) - 1;
        var scheduler = new Scheduler(
                new SchedulerConfig(sequences, sequences * promptTokens, 2 * promptTokens, new int[0]),
                new FcfsPolicy(), new KvCacheManager(blocks, BLOCK_SIZE, false, new LruRetention(blocks)));
        var random = new SplittableRandom(25);
        for (int id = 0; id < sequences; id++) {
            int[] prompt = random.ints(promptTokens, 0, vocabulary).toArray();
            scheduler.add(new Sequence(id, prompt, params, 0, id, new SilentListener()), 0);
        }
        return scheduler;
    }
}
