package dev.pigou.bench.jmh;

import com.sun.management.ThreadMXBean;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The scheduler's share of a step in the steady state: every running sequence computes one token and gets one. Each
 * iteration starts with fresh sequences, whose prompts are computed before the clock runs, and takes
 * {@value #STEPS} steps; score and bytes are those of all of them. JMH's own count of bytes takes the making of the
 * sequences in, so {@link Allocation} counts again without it.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 30, batchSize = SchedulerStepBenchmark.STEPS)
@Measurement(iterations = 30, batchSize = SchedulerStepBenchmark.STEPS)
@State(Scope.Thread)
public class SchedulerStepBenchmark {
    static final int STEPS = 500;
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

    /** What the measured steps allocated. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Allocation {
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        public long bytes;
        private long before;

        /** Set up after {@code ready}, whose own allocation is so not counted. */
        @Setup(Level.Iteration)
        public void start(@SuppressWarnings("unused") SchedulerStepBenchmark ready) {
            before = THREADS.getCurrentThreadAllocatedBytes();
        }

        @TearDown(Level.Iteration)
        public void stop() { bytes = THREADS.getCurrentThreadAllocatedBytes() - before; }
    }

    @Setup(Level.Iteration)
    public void computePrompts() {
        int blocks = running * (PROMPT_TOKENS + MAX_TOKENS) / BLOCK_SIZE;
        scheduler = new Scheduler(new SchedulerConfig(running, 8192, 4096, new int[]{2}), new FcfsPolicy(),
                new KvCacheManager(blocks, BLOCK_SIZE, true, new LruRetention(blocks)));
        SamplingParams params = SamplingParams.builder().maxTokens(MAX_TOKENS).build();
        SequenceListener listener = new Silent();
        for (int id = 0; id < running + waiting; id++) {
            int[] prompt = new int[PROMPT_TOKENS];
            Arrays.fill(prompt, id);
            scheduler.add(new Sequence(id, prompt, params, 0, id, listener), 0);
        }
        nowNanos = 0;
        while (scheduler.runningCount() < running) {
            step();
        }
    }

    @Benchmark
    public StepPlan planAndApply(@SuppressWarnings("unused") Allocation allocation) { return step(); }

    private StepPlan step() {
        StepPlan plan = scheduler.plan(nowNanos++);
        scheduler.apply(plan, result, nowNanos);
        return plan;
    }

    private static final class ConstantToken implements StepResult {
        @Override
        public int token(int chunk) { return 7; }

        @Override
        public boolean failed(int chunk) { return false; }
    }

    private static final class Silent implements SequenceListener {
        @Override
        public void onToken(Sequence sequence, int token, int chunk) {
            // nobody listens
        }

        @Override
        public void onFinished(Sequence sequence, FinishReason reason) {
            // nobody listens
        }
    }
}
