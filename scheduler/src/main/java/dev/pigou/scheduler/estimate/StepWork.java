package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.StepPlan;

/**
 * What a step has to compute, in the quantities that its time is linear in. Mutable, so that one object serves all
 * steps. Owned by one thread.
 *
 * <p>A chunk of one token at the end of its sequence is a decode, also where a cached prompt left but one token to
 * compute. Everything else is prefill, also what is computed anew after a preemption.
 */
public final class StepWork {
    private long prefillTokens;
    private double prefillTokenContexts;
    private int decodeSequences;
    private long kvBlocksRead;

    /**
     * What the plan computes. Gives the same before and after the plan has been applied.
     *
     * @param blockSize tokens of a KV block
     */
    public StepWork set(StepPlan plan, int blockSize) {
        clear();
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            int from = plan.from(chunk);
            int to = plan.to(chunk);
            if (to - from == 1 && plan.samples(chunk)) {
                addDecodes(1, to, blockSize);
            } else {
                addPrefill(from, to);
            }
        }
        return this;
    }

    public StepWork clear() {
        prefillTokens = 0;
        prefillTokenContexts = 0;
        decodeSequences = 0;
        kvBlocksRead = 0;
        return this;
    }

    /** Adds a chunk of positions [from, to). */
    public StepWork addPrefill(int from, int to) {
        prefillTokens += to - from;
        prefillTokenContexts += (to - from) * (0.5 * from + 0.5 * to);
        return this;
    }

    /** Adds {@code sequences} that each read {@code contextTokens}, their newest token among them. */
    public StepWork addDecodes(int sequences, int contextTokens, int blockSize) {
        decodeSequences += sequences;
        kvBlocksRead += (long) sequences * Math.ceilDiv(contextTokens, blockSize);
        return this;
    }

    public boolean isEmpty() { return prefillTokens == 0 && decodeSequences == 0; }

    public long prefillTokens() { return prefillTokens; }

    /** Sum over prefill tokens of the tokens before them, on average over their chunk. */
    public double prefillTokenContexts() {
        return prefillTokenContexts;
    }

    public int decodeSequences() { return decodeSequences; }

    /** KV blocks of the decoding sequences. */
    public long kvBlocksRead() { return kvBlocksRead; }

    @Override
    public String toString() {
        return "StepWork[prefillTokens=" + prefillTokens + ", prefillTokenContexts=" + prefillTokenContexts
                + ", decodeSequences=" + decodeSequences + ", kvBlocksRead=" + kvBlocksRead + "]";
    }
}
