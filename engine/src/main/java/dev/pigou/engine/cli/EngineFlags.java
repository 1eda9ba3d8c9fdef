package dev.pigou.engine.cli;

import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.RetentionPolicyName;
import dev.pigou.engine.SchedulingPolicyName;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that shape the engine; names as vLLM's where it has one. */
final class EngineFlags {
    @Option(names = "--max-model-len", paramLabel = "TOKENS", description = "Most tokens of prompt and answer "
            + "together. Default: what the model was made for, as far as the KV cache reaches.")
    private @Nullable Integer maxModelLen;

    @Option(names = "--max-num-seqs", paramLabel = "N", defaultValue = ""
            + EngineConfig.DEFAULT_MAX_NUM_SEQS, description = "Most sequences that run at once. Default: ${DEFAULT-VALUE}.")
    private int maxNumSeqs;

    @Option(names = "--max-num-batched-tokens", paramLabel = "N", defaultValue = ""
            + EngineConfig.DEFAULT_MAX_NUM_BATCHED_TOKENS, description = "Most tokens computed in one step; longer "
                    + "prompts are cut into chunks. Default: ${DEFAULT-VALUE}.")
    private int maxNumBatchedTokens;

    @Option(names = "--max-num-queued-reqs", paramLabel = "N", defaultValue = ""
            + EngineConfig.DEFAULT_MAX_NUM_QUEUED_REQS, description = "Most sequences that wait; further requests "
                    + "get 429 with Retry-After. Default: ${DEFAULT-VALUE}.")
    private int maxNumQueuedReqs;

    @Option(names = "--block-size", paramLabel = "TOKENS", defaultValue = ""
            + EngineConfig.DEFAULT_BLOCK_SIZE, description = "Tokens in a KV block. Default: ${DEFAULT-VALUE}.")
    private int blockSize;

    @Option(names = "--kv-cache-memory-bytes", paramLabel = "SIZE", converter = ByteSize.Converter.class, description = ""
            + "Size of the KV cache, such as 4G or 512MiB. Default: what --gpu-memory-utilization leaves, on a CPU "
            + "half of the free memory; or less if that is already enough for every sequence at full length.")
    private @Nullable ByteSize kvCacheMemory;

    @Option(names = "--gpu-memory-utilization", paramLabel = "SHARE", description = ""
            + "The share of all of the GPU's memory that weights, one step and the KV cache may fill, others' use counted "
            + "in. Default: 0.9; with PyTorch's own kernels the KV cache takes half of what is free instead.")
    private @Nullable Double gpuMemoryUtilization;

    @Option(names = "--enable-prefix-caching", negatable = true, defaultValue = "true", fallbackValue = "true", description = ""
            + "Keep computed prefixes for reuse. Default: on.")
    private boolean prefixCaching;

    @Option(names = "--scheduling-policy", paramLabel = "POLICY", defaultValue = "price", description = ""
            + "Who goes first: price, fcfs, priority, vtc, density or sjf. Default: ${DEFAULT-VALUE}.")
    private String schedulingPolicy = "";

    @Option(names = "--retention-policy", paramLabel = "POLICY", description = ""
            + "Which cached prefixes are kept when memory is short: price, lru, slru, gdsf or tail-lru. Default: "
            + "price under the scheduling policy of that name, else lru.")
    private @Nullable String retentionPolicy;

    @Option(names = "--async-scheduling", negatable = true, fallbackValue = "true", description = ""
            + "Plan each step while the device computes the one before. Default: on a GPU on, on a CPU off.")
    private @Nullable Boolean asyncScheduling;

    @Option(names = "--rebate-revenue", negatable = true, defaultValue = "false", fallbackValue = "true", description = ""
            + "Hand what is paid back to the tenants with wallets, by their shares. Default: off.")
    private boolean rebateRevenue;

    @Option(names = "--resource-price", paramLabel = "CREDITS", defaultValue = "0", description = ""
            + "What a second of step time costs under the policy price, on top of what it costs the others. "
            + "Default: ${DEFAULT-VALUE}.")
    private double resourcePrice;

    EngineConfig config() {
        SchedulingPolicyName scheduling = named("--scheduling-policy", schedulingPolicy,
                SchedulingPolicyName.values());
        RetentionPolicyName retention = retentionPolicy == null
                ? RetentionPolicyName.beside(scheduling)
                : named("--retention-policy", retentionPolicy, RetentionPolicyName.values());
        return new EngineConfig(maxModelLen == null ? OptionalInt.empty() : OptionalInt.of(maxModelLen),
                maxNumSeqs, maxNumBatchedTokens, maxNumQueuedReqs, blockSize,
                kvCacheMemory == null ? OptionalLong.empty() : OptionalLong.of(kvCacheMemory.bytes()),
                gpuMemoryUtilization == null
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(gpuMemoryUtilization),
                prefixCaching, scheduling, retention, Optional.ofNullable(asyncScheduling), rebateRevenue,
                resourcePrice);
    }

    private static <N> N named(String flag, String text, N[] names) {
        return Arrays.stream(names).filter(name -> name.toString().equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(flag + " must be one of "
                        + Arrays.stream(names).map(Object::toString).collect(Collectors.joining(", "))
                        + ", but is " + text));
    }
}
