package dev.pigou.bench.sim;

import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.estimate.StepWork;

/**
 * The machine that serves.
 *
 * @param kvBlocks KV blocks there are
 * @param blockSize tokens in one
 * @param maxNumSeqs most sequences that run at once
 * @param maxNumBatchedTokens most tokens in one step
 * @param cost how long steps take
 * @param wakeMillis while sequences wait, none runs and nothing arrives, the policy is asked again so often
 */
public record MachineSettings(int kvBlocks, int blockSize, int maxNumSeqs, int maxNumBatchedTokens,
        StepCost cost, Jitter.Settings jitter, double wakeMillis) {
    /** About 250,000 tokens of KV memory. */
    public static final MachineSettings DEFAULT = new MachineSettings(15_625, 16, 256, 8192,
            StepCost.llama70bOnH100(16), Jitter.Settings.NONE, 20);

    public MachineSettings {
        if (kvBlocks < 1 || blockSize < 1 || !(wakeMillis > 0)) {
            throw new IllegalArgumentException(
                    "--kv-blocks, --block-size and the wake-up must be above 0, but are " + kvBlocks + ", "
                            + blockSize + " and " + wakeMillis);
        }
    }

    public MachineSettings withKvBlocks(int blocks) {
        return new MachineSettings(blocks, blockSize, maxNumSeqs, maxNumBatchedTokens, cost, jitter,
                wakeMillis);
    }

    public MachineSettings withCost(StepCost other) {
        return new MachineSettings(kvBlocks, blockSize, maxNumSeqs, maxNumBatchedTokens, other, jitter,
                wakeMillis);
    }

    /** Tokens that all blocks together have room for; also the longest sequence the model allows. */
    public int capacityTokens() {
        return (int) Math.min(Integer.MAX_VALUE, (long) kvBlocks * blockSize);
    }

    /** Step time of computing prompt positions [from, to), the constant of steps not counted. */
    public double prefillSeconds(int from, int to) {
        StepWork work = new StepWork().addPrefill(from, to);
        return cost.seconds(work) - cost.baseSeconds();
    }

    public int blocksFor(int tokens) { return Math.ceilDiv(tokens, blockSize); }

    /** Whether an answer of full length could ever be given: its last token is produced but never stored. */
    public boolean canServe(int promptTokens, int outputTokens) {
        return promptTokens + (long) outputTokens - 1 <= capacityTokens()
                && promptTokens + (long) outputTokens <= Integer.MAX_VALUE;
    }
}
