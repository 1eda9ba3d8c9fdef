package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The scheduler's share of one step in the steady state: every running sequence computes one token and gets one. Each
 * shot starts with fresh sequences, whose prompts are computed before it counts, and takes {@value #STEPS} steps.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 30)
@Measurement(iterations = 30)
public class SchedulerStepBenchmark extends CountedBenchmark {
    private static final int STEPS = 500;
    private static final int PROMPT_TOKENS = 256;
    private static final int MAX_TOKENS = 1024;
    private static final int BLOCK_SIZE = 16;

    @Param({"16", "64", "256", "1024"})
    int running;

    @Param({"0", "1000", "10000"})
    int waiting;

    private final StepResult result = new ConstantToken();
    @SuppressWarnings("NullAway.Init") // set up before each iteration
    private Scheduler scheduler;
    private long nowNanos;

    @Setup(Level.Iteration)
    public void computePrompts() {
        int blocks = running * (PROMPT_TOKENS + MAX_TOKENS) / BLOCK_SIZE;
        scheduler = new Scheduler(new SchedulerConfig(running, 8192, 4096, new int[]{2}), new FcfsPolicy(),
                new KvCacheManager(blocks, BLOCK_SIZE, true, new LruRetention(blocks)));
        SamplingParams params = SamplingParams.builder().maxTokens(MAX_TOKENS).build();
        SequenceListener listener = new SilentListener();
        for (int id = 0; id < running + waiting; id++) {
            int[] prompt = new int[PROMPT_TOKENS];
            Arrays.fill(prompt, id);
            scheduler.add(new Sequence(id, prompt, params, 0, id, listener), 0);
        }
        nowNanos = 0;
        while (scheduler.runningCount() < running) {
            step();
        }
        startCounting();
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Scheduler planAndApply() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        return scheduler;
    }

    private void step() {
        StepPlan plan = scheduler.plan(nowNanos++);
        scheduler.apply(plan, result, nowNanos);
    }
}
