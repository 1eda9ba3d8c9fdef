package dev.pigou.bench.cache;

import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceRow;
import dev.pigou.kvcache.PrefillCost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The prompts of a trace, and when each of their blocks will be looked for again. */
public final class PromptHistory {
    /**
     * Seconds of prefill per token, and more for each token before it: a fit to Llama2-70B on 8 H100 (Splitwise's
     * measurements).
     */
    private static final double SECONDS_PER_TOKEN = 0.090e-3;
    private static final double SECONDS_PER_TOKEN_PAIR = 1.5e-9;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Trace trace;
    private final int[][] nextUse;
    private final int distinctBlocks;
    private final PrefillCost cost;

    /** @throws IllegalArgumentException if the trace does not say which prompts share blocks */
    public PromptHistory(Trace trace) {
        this.trace = trace;
        double pairs = SECONDS_PER_TOKEN_PAIR * trace.blockTokens() * trace.blockTokens();
        cost = PrefillCost.linear(SECONDS_PER_TOKEN * trace.blockTokens() + pairs / 2, pairs);
        Map<Integer, Integer> next = new HashMap<>();
        List<TraceRow> rows = trace.rows();
        nextUse = new int[rows.size()][];
        for (int request = rows.size() - 1; request >= 0; request--) {
            int[] hashes = rows.get(request).blockHashes();
            nextUse[request] = new int[hashes.length];
            for (int i = 0; i < hashes.length; i++) {
                Integer use = next.put(hashes[i], request);
                nextUse[request][i] = use == null ? BeladyRetention.NEVER : use;
            }
        }
        distinctBlocks = next.size();
        if (distinctBlocks == 0) {
            throw new IllegalArgumentException(trace.name()
                    + " does not say which prompts share blocks; a cache study needs a trace with hash_ids");
        }
    }

    String name() { return trace.name(); }

    int requests() { return nextUse.length; }

    int distinctBlocks() { return distinctBlocks; }

    int blockTokens() { return trace.blockTokens(); }

    /** Seconds of prefill. */
    PrefillCost cost() { return cost; }

    /** One number for each block. */
    int[] prompt(int request) {
        return trace.rows().get(request).blockHashes();
    }

    long arrivalNanos(int request) {
        return (long) (trace.rows().get(request).arrivalSeconds() * NANOS_PER_SECOND);
    }

    /** The request after this one that begins with this one's first {@code block} + 1 blocks, if any does. */
    int nextUse(int request, int block) {
        return nextUse[request][block];
    }
}
