package dev.pigou.scheduler;

/**
 * The limits of each step.
 *
 * @param maxNumSeqs most sequences that run at once
 * @param maxNumBatchedTokens most tokens computed in one step
 * @param maxModelLen most tokens of prompt and answer together
 * @param eosTokenIds ids that end every sequence that does not ignore them; callers must not write to it
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
public record SchedulerConfig(int maxNumSeqs, int maxNumBatchedTokens, int maxModelLen, int[] eosTokenIds) {
    public SchedulerConfig {
        requirePositive(maxNumSeqs, "max-num-seqs");
        requirePositive(maxNumBatchedTokens, "max-num-batched-tokens");
        requirePositive(maxModelLen, "max-model-len");
        eosTokenIds = eosTokenIds.clone();
    }

    private static void requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
