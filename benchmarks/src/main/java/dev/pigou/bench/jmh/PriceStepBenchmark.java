package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
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
import dev.pigou.scheduler.policy.DensityPolicy;
import dev.pigou.scheduler.policy.FcfsPolicy;
import dev.pigou.scheduler.price.Allowance;
import dev.pigou.scheduler.price.PriceConfig;
import dev.pigou.scheduler.price.PricePolicy;
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
 * What thinking costs: a step of the scheduler with 256 sequences running and 1,000 waiting, by policy; that of {@code price}
 * less that of {@code fcfs} is what prices add. Steps take the time that they take on large GPUs, so that auctions are held as
 * often as there. Memory is full, all that wait bid something, and nobody gives way.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 20)
@Measurement(iterations = 20)
public class PriceStepBenchmark extends CountedBenchmark {
    private static final int STEPS = 500;
    private static final int FIRST_STEPS = 8;
    private static final int RUNNING = 256;
    private static final int WAITING = 1000;
    private static final int PROMPT_TOKENS = 256;
    private static final int MAX_TOKENS = 1024;
    private static final int BLOCK_SIZE = 16;
    private static final int TENANTS = 8;
    private static final long STEP_NANOS = 30_000_000;

    /** {@code wallets} is {@code price} with a wallet for each of eight tenants. */
    @Param({"fcfs", "density", "price", "wallets"})
    @SuppressWarnings("NullAway.Init") // set by JMH
    String policy;

    private final StepResult result = new ConstantToken();
    private final SequenceListener listener = new SilentListener();
    private final SamplingParams params = SamplingParams.builder().maxTokens(MAX_TOKENS).build();
    @SuppressWarnings("NullAway.Init") // set up before each iteration
    private Scheduler scheduler;
    private long nowNanos;

    @Setup(Level.Iteration)
    public void computePrompts() {
        int blocks = RUNNING * (PROMPT_TOKENS + MAX_TOKENS) / BLOCK_SIZE;
        scheduler = new Scheduler(new SchedulerConfig(RUNNING, 8192, 4096, new int[]{2}), newPolicy(),
                new KvCacheManager(blocks, BLOCK_SIZE, true, new LruRetention(blocks)));
        nowNanos = 0;
        for (int id = 0; id < RUNNING; id++) {
            add(id, 1000, 1);
        }
        while (scheduler.runningCount() < RUNNING) {
            step();
        }
        for (int id = RUNNING; id < RUNNING + WAITING; id++) {
            add(id, 18 + id % 6, 1e-3);
        }
        for (int i = 0; i < FIRST_STEPS; i++) {
            step(); // until an auction has made room for all bids
        }
        startCounting();
    }

    private SchedulingPolicy newPolicy() {
        StepCostModel cost = new StepCostModel(StepCost.llama70bOnH100(BLOCK_SIZE), 8);
        LearnedOutputLengths lengths = new LearnedOutputLengths(TENANTS);
        return switch (policy) {
            case "fcfs" -> new FcfsPolicy();
            case "density" -> new DensityPolicy(lengths, cost, BLOCK_SIZE);
            case "price" -> new PricePolicy(PriceConfig.DEFAULT.withoutMakingWay(), lengths, cost, BLOCK_SIZE,
                    RetentionView.WORTHLESS);
            case "wallets" -> {
                PricePolicy price = new PricePolicy(PriceConfig.DEFAULT.withoutMakingWay(), lengths, cost,
                        BLOCK_SIZE, RetentionView.WORTHLESS);
                for (int tenant = 0; tenant < TENANTS; tenant++) {
                    price.treasury().open(tenant(tenant), new Allowance(1000, 1e5, 1e5, 0.01), 0);
                }
                yield price;
            }
            default -> throw new IllegalArgumentException("no policy " + policy);
        };
    }

    private static Tenant tenant(int index) { return new Tenant(index, "tenant " + index, 1); }

    private void add(int id, double value, double latencyPrice) {
        int[] prompt = new int[PROMPT_TOKENS];
        Arrays.fill(prompt, id);
        Bid bid = new Bid(tenant(id % TENANTS), value, latencyPrice, Double.POSITIVE_INFINITY,
                Bid.NO_DEADLINE, 0);
        scheduler.add(new Sequence(id, prompt, params, CacheTerms.salted(0), bid, nowNanos, listener),
                nowNanos);
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
        StepPlan plan = scheduler.plan(nowNanos);
        nowNanos += STEP_NANOS;
        scheduler.apply(plan, result, nowNanos);
    }
}
