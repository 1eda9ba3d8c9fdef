package dev.pigou.engine;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The operator's choices for one engine; named after the command line's flags.
 *
 * @param maxModelLen most tokens of prompt and answer; if absent, what the model was made for, as far as memory reaches
 * @param maxNumSeqs most sequences that run at once
 * @param maxNumBatchedTokens most tokens computed in one step
 * @param maxNumQueuedReqs most sequences that wait; a request beyond them is refused
 * @param blockSize tokens in a KV block
 * @param kvCacheMemoryBytes size of the KV pool; if absent, chosen from the device's memory
 * @param gpuMemoryUtilization the share of all of a GPU's memory that may be filled, in (0, 1]; if absent, what suits the
 *     kernels
 * @param prefixCaching whether computed prefixes are kept for reuse
 * @param schedulingPolicy who goes first
 * @param retentionPolicy which prefixes are kept when memory is short
 * @param asyncScheduling whether steps are planned while the device executes the one before; if absent, what suits the
 *     device
 * @param rebateRevenue whether what is paid is handed back to the tenants with wallets, by their shares
 * @param resourcePrice credits a second of step time that the operator asks for on top of what congestion costs
 */
public record EngineConfig(OptionalInt maxModelLen, int maxNumSeqs, int maxNumBatchedTokens,
        int maxNumQueuedReqs, int blockSize, OptionalLong kvCacheMemoryBytes,
        OptionalDouble gpuMemoryUtilization, boolean prefixCaching, SchedulingPolicyName schedulingPolicy,
        RetentionPolicyName retentionPolicy, Optional<Boolean> asyncScheduling, boolean rebateRevenue,
        double resourcePrice) {
    public static final int DEFAULT_MAX_NUM_SEQS = 256;
    public static final int DEFAULT_MAX_NUM_BATCHED_TOKENS = 2048;
    public static final int DEFAULT_MAX_NUM_QUEUED_REQS = 1024;
    public static final int DEFAULT_BLOCK_SIZE = 16;
    private static final int MOST_RESOURCE_PRICE = 1_000_000;

    public EngineConfig {
        maxModelLen.ifPresent(value -> require(value >= 1, "--max-model-len", value, "at least 1"));
        require(maxNumSeqs >= 1 && maxNumSeqs <= 65_536, "--max-num-seqs", maxNumSeqs, "from 1 to 65536");
        require(maxNumBatchedTokens >= 1 && maxNumBatchedTokens <= 1 << 20, "--max-num-batched-tokens",
                maxNumBatchedTokens, "from 1 to 1048576");
        require(maxNumQueuedReqs >= 0, "--max-num-queued-reqs", maxNumQueuedReqs, "at least 0");
        require(blockSize >= 1 && blockSize <= 1024, "--block-size", blockSize, "from 1 to 1024");
        kvCacheMemoryBytes
                .ifPresent(value -> require(value >= 1, "--kv-cache-memory-bytes", value, "at least 1 byte"));
        gpuMemoryUtilization.ifPresent(value -> {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        "--gpu-memory-utilization must be above 0 and at most 1, but is " + value);
            }
        });
        if (!(resourcePrice >= 0 && resourcePrice <= MOST_RESOURCE_PRICE)) {
            throw new IllegalArgumentException("--resource-price must be a number of credits from 0 to "
                    + MOST_RESOURCE_PRICE + ", but is " + resourcePrice);
        }
    }

    /** With the default policies. */
    public EngineConfig(OptionalInt maxModelLen, int maxNumSeqs, int maxNumBatchedTokens,
            int maxNumQueuedReqs, int blockSize, OptionalLong kvCacheMemoryBytes, boolean prefixCaching) {
        this(maxModelLen, maxNumSeqs, maxNumBatchedTokens, maxNumQueuedReqs, blockSize, kvCacheMemoryBytes,
                OptionalDouble.empty(), prefixCaching, SchedulingPolicyName.PRICE, RetentionPolicyName.PRICE,
                Optional.empty(), false, 0);
    }

    public static EngineConfig defaults() {
        return new EngineConfig(OptionalInt.empty(), DEFAULT_MAX_NUM_SEQS, DEFAULT_MAX_NUM_BATCHED_TOKENS,
                DEFAULT_MAX_NUM_QUEUED_REQS, DEFAULT_BLOCK_SIZE, OptionalLong.empty(), true);
    }

    /** This one, but for when steps are planned. */
    public EngineConfig withAsyncScheduling(Optional<Boolean> async) {
        return new EngineConfig(maxModelLen, maxNumSeqs, maxNumBatchedTokens, maxNumQueuedReqs, blockSize,
                kvCacheMemoryBytes, gpuMemoryUtilization, prefixCaching, schedulingPolicy, retentionPolicy,
                async, rebateRevenue, resourcePrice);
    }

    private static void require(boolean holds, String flag, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(flag + " must be " + range + ", but is " + value);
        }
    }
}
