package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;

/**
 * Makes plans of chosen sizes before there are requests, so that whoever has the machine can time it. The sequences in them
 * count as computed up to their chunk but never were: what is in their blocks is arbitrary. Owned by one thread, and of
 * no use once a {@link Scheduler} plans for the same memory.
 */
public final class Rehearsal {
    private static final SequenceListener NOBODY = new SequenceListener() {
        @Override
        public void onToken(Sequence sequence, int token, int chunk) {
            // nobody reads it
        }

        @Override
        public void onFinished(Sequence sequence, FinishReason reason) {
            // it never does
        }
    };

    private final KvCacheManager kvCache;
    private final StepPlan plan;

    /**
     * @param maxNumSeqs most sequences in a plan
     * @param blocks usable blocks there are
     * @param blockSize tokens in one
     */
    public Rehearsal(int maxNumSeqs, int blocks, int blockSize) {
        kvCache = new KvCacheManager(blocks, blockSize, false, new LruRetention(blocks));
        plan = new StepPlan(maxNumSeqs);
    }

    /** One chunk of so many tokens, after {@code context} tokens. Replaces the plan before. */
    public StepPlan prefill(int context, int tokens) {
        clear();
        add(context, tokens, 0);
        return plan;
    }

    /** So many sequences that each get one token, and read {@code context}, their newest among them. Replaces the plan before. */
    public StepPlan decodes(int sequences, int context) {
        clear();
        for (int i = 0; i < sequences; i++) {
            add(context - 1, 1, i);
        }
        return plan;
    }

    private void add(int context, int tokens, int id) {
        int length = context + tokens;
        SamplingParams once = SamplingParams.builder().temperature(0).maxTokens(1).build();
        Sequence sequence = new Sequence(id, new int[length], once, 0, 0, NOBODY);
        if (!kvCache.reserve(sequence.blocks(), length, 0)) {
            throw new IllegalArgumentException("a rehearsal of " + length + " tokens beside " + plan.size()
                    + " sequences needs more than the " + kvCache.totalBlocks() + " blocks there are");
        }
        sequence.computedTo(context);
        plan.add(sequence, length);
    }

    private void clear() {
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            kvCache.release(plan.sequence(chunk).blocks(), 0);
        }
        plan.clear(0);
    }
}
