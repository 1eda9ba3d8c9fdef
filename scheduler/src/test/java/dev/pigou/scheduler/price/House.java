package dev.pigou.scheduler.price;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.estimate.LearnedOutputLengths;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.estimate.StepCostModel;
import dev.pigou.scheduler.estimate.StepWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;

import static org.assertj.core.api.Assertions.assertThat;

/** A scheduler with the price policy, a clock, and a device that takes its time and answers always the same. */
final class House {
    static final int BLOCK_SIZE = 4;
    static final long SECOND = 1_000_000_000L;
    static final Tenant ANN = new Tenant(1, "ann", 1);
    static final Tenant BEN = new Tenant(2, "ben", 1);
    static final StepCost COST = new StepCost(0.01, 1e-3, 1e-6, 2e-3, 1e-4);

    private static final int MAX_SEQS = 8;
    private static final int MAX_LENGTH = 200;
    private static final int END_OF_TEXT = 0;
    private static final int TOKEN = 7;

    final KvCacheManager kvCache;
    final PricePolicy policy;
    final Scheduler scheduler;
    final Constant result = new Constant(chunk -> false);
    final List<Sequence> sequences = new ArrayList<>();
    final List<PrefixLease> endedLeases = new ArrayList<>();
    /** What was due of each lease when it last told of it while it stood. */
    final Map<PrefixLease, Long> accruedPico = new HashMap<>();
    long nowNanos;
    private final StepCost cost;

    House(int blocks, PriceConfig config) { this(blocks, config, COST, MAX_SEQS, MAX_LENGTH); }

    House(int blocks, PriceConfig config, StepCost cost, int maxSeqs, int maxLength) {
        this.cost = cost;
        kvCache = new KvCacheManager(blocks, BLOCK_SIZE, true, new LruRetention(blocks));
        policy = new PricePolicy(config, new LearnedOutputLengths(8), new StepCostModel(cost, 8), BLOCK_SIZE,
                RetentionView.WORTHLESS);
        scheduler = new Scheduler(new SchedulerConfig(maxSeqs, 64, maxLength, new int[]{END_OF_TEXT}), policy,
                kvCache);
    }

    House(int blocks) { this(blocks, PriceConfig.DEFAULT); }

    Treasury treasury() { return policy.treasury(); }

    /** The flat price makes costs without congestion. */
    static PriceConfig resourcePrice(double creditsPerSecond) {
        return PriceConfig.DEFAULT.withResourcePrice(creditsPerSecond);
    }

    static Bid bid(Tenant tenant, double value) {
        return new Bid(tenant, value, 0.01, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
    }

    Sequence make(Bid bid, int promptTokens, int maxTokens) {
        return make(bid, new int[promptTokens], maxTokens);
    }

    Sequence make(Bid bid, int[] prompt, int maxTokens) {
        return make(bid, prompt, maxTokens, CacheTerms.salted(0));
    }

    Sequence make(Bid bid, int[] prompt, int maxTokens, CacheTerms cache) {
        SamplingParams params = SamplingParams.builder().maxTokens(maxTokens).build();
        return new Sequence(sequences.size(), prompt, params, cache, bid, nowNanos, new Silent());
    }

    Sequence add(Bid bid, int promptTokens, int maxTokens) { return add(make(bid, promptTokens, maxTokens)); }

    Sequence add(Sequence sequence) {
        scheduler.add(sequence, nowNanos);
        sequences.add(sequence);
        return sequence;
    }

    Quote quote(Sequence asked) {
        scheduler.requireFeasible(asked);
        return policy.quoter().quote(asked, scheduler.view(), nowNanos);
    }

    void step() {
        StepPlan plan = scheduler.plan(nowNanos);
        pass(plan);
        scheduler.apply(plan, result, nowNanos);
    }

    /** Lets the time pass that the device takes. */
    void pass(StepPlan plan) {
        nowNanos += (long) (cost.seconds(new StepWork().set(plan, BLOCK_SIZE)) * SECOND);
    }

    void runUntilEnded(Sequence sequence) {
        for (int step = 0; sequence.state() != SequenceState.FINISHED; step++) {
            assertThat(step).as("steps without coming to an end").isLessThan(10_000);
            step();
        }
    }

    record Constant(IntPredicate broken) implements StepResult {
        @Override
        public int token(int chunk) { return TOKEN; }

        @Override
        public boolean failed(int chunk) { return broken.test(chunk); }
    }

    private final class Silent implements SequenceListener {
        @Override
        public void onToken(Sequence sequence, int token, int chunk) {
            // nobody listens
        }

        @Override
        public void onFinished(Sequence sequence, FinishReason reason) {
            // nobody listens
        }

        @Override
        public PrefixLease.Listener ofLeases() {
            return new PrefixLease.Listener() {
                @Override
                public void onAccrued(PrefixLease lease) {
                    long before = Objects.requireNonNullElse(accruedPico.put(lease, lease.charge().duePico()),
                            0L);
                    assertThat(lease.charge().duePico()).isGreaterThan(before);
                    assertThat(lease.charge().writtenOffPico()).isZero();
                }

                @Override
                public void onEnded(PrefixLease lease) {
                    endedLeases.add(lease);
                    assertThat(lease.charge().duePico()).as("no less than it told of before")
                            .isGreaterThanOrEqualTo(accruedPico.getOrDefault(lease, 0L));
                }
            };
        }
    }
}
