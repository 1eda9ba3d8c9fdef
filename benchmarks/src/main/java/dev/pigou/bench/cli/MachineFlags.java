package dev.pigou.bench.cli;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.engine.ops.StepCostFile;
import dev.pigou.scheduler.estimate.StepCost;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The machine that serves. */
final class MachineFlags {
    @Option(names = "--kv-blocks", paramLabel = "N", defaultValue = "15625", description = "KV blocks. Default: ${DEFAULT-VALUE}.")
    private int kvBlocks;

    @Option(names = "--block-size", paramLabel = "TOKENS", defaultValue = "16", description = "Tokens in a KV block. Default: ${DEFAULT-VALUE}.")
    private int blockSize;

    @Option(names = "--max-num-seqs", paramLabel = "N", defaultValue = "256", description = "Most sequences that run at once. Default: ${DEFAULT-VALUE}.")
    private int maxNumSeqs;

    @Option(names = "--max-num-batched-tokens", paramLabel = "N", defaultValue = "8192", description = "Most tokens in one step. Default: ${DEFAULT-VALUE}.")
    private int maxNumBatchedTokens;

    @Option(names = "--cost", paramLabel = "FILE", description = "JSON with the coefficients of a step's time: base_seconds, seconds_per_prefill_token, "
            + "seconds_per_prefill_token_context, seconds_per_decode_sequence, seconds_per_kv_block_read. Default: Llama 2 70B on eight H100.")
    private @Nullable Path cost;

    MachineSettings machine() {
        StepCost stepCost = cost == null ? StepCost.llama70bOnH100(blockSize) : StepCostFile.read(cost);
        return new MachineSettings(kvBlocks, blockSize, maxNumSeqs, maxNumBatchedTokens, stepCost,
                MachineSettings.DEFAULT.jitter(), MachineSettings.DEFAULT.wakeMillis());
    }
}
