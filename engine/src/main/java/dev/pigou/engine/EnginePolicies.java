package dev.pigou.engine;

import dev.pigou.kvcache.GdsfRetention;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.PrefillCost;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.kvcache.SlruRetention;
import dev.pigou.kvcache.TailLruRetention;
import dev.pigou.kvcache.YieldRetention;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.estimate.LearnedOutputLengths;
import dev.pigou.scheduler.estimate.OutputLengths;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.estimate.StepCostModel;
import dev.pigou.scheduler.policy.DensityPolicy;
import dev.pigou.scheduler.policy.FcfsPolicy;
import dev.pigou.scheduler.policy.PriorityPolicy;
import dev.pigou.scheduler.policy.SjfPolicy;
import dev.pigou.scheduler.policy.VtcPolicy;
import dev.pigou.scheduler.price.CachedBlock;
import dev.pigou.scheduler.price.PriceConfig;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.Optional;

/**
 * What decides in one engine, and what it has learned. All of it belongs to the engine thread once the engine runs.
 *
 * @param scheduling who goes first
 * @param retention which prefixes are kept
 * @param prefillCost what the cache reckons a block at: the step time of computing it
 * @param stepCost what steps take, as learned so far; from steps that are taken under {@code price} alone
 * @param pricing {@code scheduling}, if it is the one that has prices; any thread may read those
 */
public record EnginePolicies(SchedulingPolicy scheduling, RetentionPolicy retention, PrefillCost prefillCost,
        StepCostModel stepCost, Optional<PricePolicy> pricing) {
    /** Steps that the calibration counts for beside those that are seen later. */
    private static final double PRIOR_STEPS = 8;
    /** Tenants whose answers' lengths are learned apart. */
    private static final int TENANTS_LEARNED_APART = 64;
    /** How much of a next turn's prompt {@code tail-lru} counts on being computed in time for its first token. */
    private static final double TAIL_SECONDS = 0.2;

    /**
     * New policies, as the configuration names them.
     *
     * @param prior what steps cost as far as is known
     * @param blocks usable KV blocks
     */
    public static EnginePolicies of(EngineConfig config, StepCost prior, int blocks) {
        var cost = new StepCostModel(prior, PRIOR_STEPS);
        int blockSize = config.blockSize();
        PrefillCost prefill = depth -> blockSize * cost.secondsPerPrefillToken((depth - 0.5) * blockSize);
        RetentionPolicy retention = retention(config, prefill, blocks);
        SchedulingPolicy scheduling = scheduling(config, cost, RetentionView.of(retention));
        Optional<PricePolicy> pricing = scheduling instanceof PricePolicy priced
                ? Optional.of(priced)
                : Optional.empty();
        return new EnginePolicies(scheduling, retention, prefill, cost, pricing);
    }

    private static SchedulingPolicy scheduling(EngineConfig config, StepCostModel cost,
            RetentionView retention) {
        OutputLengths lengths = new LearnedOutputLengths(TENANTS_LEARNED_APART);
        return switch (config.schedulingPolicy()) {
            case PRICE -> new PricePolicy(PriceConfig.DEFAULT.withResourcePrice(config.resourcePrice()),
                    lengths, cost, config.blockSize(), retention);
            case FCFS -> new FcfsPolicy();
            case PRIORITY -> new PriorityPolicy();
            case VTC -> new VtcPolicy();
            case DENSITY -> new DensityPolicy(lengths, cost, config.blockSize());
            case SJF -> new SjfPolicy(lengths);
        };
    }

    private static RetentionPolicy retention(EngineConfig config, PrefillCost prefill, int blocks) {
        return switch (config.retentionPolicy()) {
            case PRICE -> new YieldRetention(blocks, prefill, CachedBlock::worthPerSecond);
            case LRU -> new LruRetention(blocks);
            case SLRU -> new SlruRetention(blocks);
            case GDSF -> new GdsfRetention(blocks, prefill);
            case TAIL_LRU -> new TailLruRetention(blocks, blocksIn(TAIL_SECONDS, prefill, blocks));
        };
    }

    private static int blocksIn(double seconds, PrefillCost prefill, int blocks) {
        return (int) Math.min(blocks, seconds / Math.max(1e-12, prefill.credits(1)));
    }
}
