package dev.pigou.engine;

import dev.pigou.kvcache.BlockTable;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One step's inputs, packed for the device: a {@link StepPlan} flattened to two arrays of numbers. Reused from step to
 * step and owned by the engine thread.
 *
 * <p>The chunks' tokens are concatenated without padding, in an order that makes attention groups contiguous: first
 * the chunks of one token, bucketed so that the block tables of a bucket differ in length by less than two, then the
 * longer chunks one by one. Sections follow one another in {@link #ints}, each as long as {@link #counts} says:
 *
 * <pre>
 *   TOKENS POSITIONS SLOTS     one each per token; a slot is block * blockSize + offset
 *   TABLES                     the block tables of all groups; those of a bucket padded with the null block
 *   SAMPLED                    per sampling chunk: its last token's row
 *   SCORED TARGETS             per prompt token to score: the row before it, and its id
 *   LOGPROB_ROWS               which sampled rows want log-probabilities
 *   PLAIN, CUT, TOP_K          sampled rows drawn from the whole vocabulary; from a part of it; its top_k
 *   PENALTY_ROWS _TOKENS _COUNTS   a penalised row's distinct tokens, with how often each was produced
 *   BIAS_ROWS _TOKENS          logit_bias
 * </pre>
 */
public final class StepBatch {
    private static final int TOKENS = 0;
    private static final int POSITIONS = 1;
    private static final int SLOTS = 2;
    private static final int TABLES = 3;
    private static final int SAMPLED = 4;
    private static final int SCORED = 5;
    private static final int TARGETS = 6;
    private static final int LOGPROB_ROWS = 7;
    private static final int PLAIN = 8;
    private static final int CUT = 9;
    private static final int TOP_K = 10;
    private static final int PENALTY_ROWS = 11;
    private static final int PENALTY_TOKENS = 12;
    private static final int PENALTY_COUNTS = 13;
    private static final int BIAS_ROWS = 14;
    private static final int BIAS_TOKENS = 15;
    private static final int TOP = 16;

    private final int blockSize;
    private final long entropy;
    private final PackedNumbers ints = new PackedNumbers();
    private final PackedNumbers reals = new PackedNumbers();
    private final long[] counts = new long[TOP + 1];
    private final PenaltyCounts penalties;

    private int chunks;
    private int[] order = new int[64];
    private int[] sampledRow = new int[64];
    private int[] logprobRow = new int[64];
    private int[] firstScoredRow = new int[64];
    private long[] groups = new long[64];
    private int groupNumbers;

    /** @param entropy makes the draws of requests without a seed differ between runs of the server */
    public StepBatch(int blockSize, int vocabSize, long entropy) {
        this.blockSize = blockSize;
        this.entropy = entropy;
        penalties = new PenaltyCounts(vocabSize);
    }

    /** Replaces the contents by the chunks of {@code plan}. */
    public void pack(StepPlan plan) {
        chunks = plan.size();
        ensureCapacity(chunks);
        ints.clear();
        reals.clear();
        group(plan);
        packTokens(plan);
        section(TABLES, () -> packTables(plan));
        packRows(plan);
        packRandomRows(plan);
        packPenalties(plan);
        packBias(plan);
    }

    /** All integer sections, int64 in native byte order; valid until the next {@code pack}. */
    public ByteBuffer ints() {
        return ints.view();
    }

    /**
     * float64: per random row temperature, top_p, min_p, uniform; per penalised entry repetition, presence, frequency;
     * per biased entry its bias.
     */
    public ByteBuffer reals() {
        return reals.view();
    }

    /** Length of each section of {@link #ints}, then how many top log-probabilities to find. Not to be written to. */
    public long[] counts() {
        return counts;
    }

    /** Per attention group: sequences, tokens of each, blocks of each, slots each looks at. */
    public long[] groups() {
        return Arrays.copyOf(groups, groupNumbers);
    }

    public int tokens() {
        return (int) counts[TOKENS];
    }

    int sampledRows() {
        return (int) counts[SAMPLED];
    }

    int scoredRows() {
        return (int) counts[SCORED];
    }

    int sampledLogprobRows() {
        return (int) counts[LOGPROB_ROWS];
    }

    int topLogprobs() {
        return (int) counts[TOP];
    }

    /** Row of the token sampled for {@code chunk}; -1 if none is. */
    int sampledRow(int chunk) {
        return sampledRow[chunk];
    }

    /** Row among the sampled log-probabilities; -1 if the chunk wants none. */
    int logprobRow(int chunk) {
        return logprobRow[chunk];
    }

    /** Row among the scored prompt tokens of the chunk's first one; its last is before the next chunk's first. */
    int firstScoredRow(int chunk) {
        return firstScoredRow[chunk];
    }

    private static int length(StepPlan plan, int chunk) {
        return plan.to(chunk) - plan.from(chunk);
    }

    private int blocks(int slots) {
        return (slots + blockSize - 1) / blockSize;
    }

    /** Orders the chunks and cuts them into attention groups. */
    private void group(StepPlan plan) {
        groupNumbers = 0;
        int placed = 0;
        for (int bucket = 0; bucket < Integer.SIZE; bucket++) {
            int first = placed;
            int longest = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                int blocks = blocks(plan.to(chunk));
                if (length(plan, chunk) == 1 && Integer.SIZE - Integer.numberOfLeadingZeros(blocks) == bucket) {
                    order[placed++] = chunk;
                    longest = Math.max(longest, blocks);
                }
            }
            if (placed > first) {
                addGroup(placed - first, 1, longest, longest * blockSize);
            }
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            if (length(plan, chunk) > 1) {
                order[placed++] = chunk;
                addGroup(1, length(plan, chunk), blocks(plan.to(chunk)), plan.to(chunk));
            }
        }
    }

    private void addGroup(int sequences, int tokensEach, int blocksEach, int slots) {
        if (groupNumbers + 4 > groups.length) {
            groups = Arrays.copyOf(groups, 2 * groups.length);
        }
        groups[groupNumbers++] = sequences;
        groups[groupNumbers++] = tokensEach;
        groups[groupNumbers++] = blocksEach;
        groups[groupNumbers++] = slots;
    }

    private void packTokens(StepPlan plan) {
        section(TOKENS, () -> {
            for (int i = 0; i < chunks; i++) {
                Sequence sequence = plan.sequence(order[i]);
                for (int at = plan.from(order[i]); at < plan.to(order[i]); at++) {
                    ints.add(sequence.token(at));
                }
            }
        });
        section(POSITIONS, () -> {
            for (int i = 0; i < chunks; i++) {
                for (int at = plan.from(order[i]); at < plan.to(order[i]); at++) {
                    ints.add(at);
                }
            }
        });
        section(SLOTS, () -> {
            for (int i = 0; i < chunks; i++) {
                BlockTable table = plan.sequence(order[i]).blocks();
                for (int at = plan.from(order[i]); at < plan.to(order[i]); at++) {
                    ints.add((long) table.block(at / blockSize) * blockSize + at % blockSize);
                }
            }
        });
    }

    private void packTables(StepPlan plan) {
        int i = 0;
        for (int group = 0; group < groupNumbers; group += 4) {
            for (int end = i + (int) groups[group]; i < end; i++) {
                BlockTable table = plan.sequence(order[i]).blocks();
                int own = blocks(plan.to(order[i]));
                for (int block = 0; block < groups[group + 2]; block++) {
                    ints.add(block < own ? table.block(block) : 0);
                }
            }
        }
    }

    private void packRows(StepPlan plan) {
        counts[TOP] = 0;
        section(SAMPLED, () -> {
            int row = 0;
            int token = 0;
            for (int i = 0; i < chunks; i++) {
                int chunk = order[i];
                token += length(plan, chunk);
                boolean samples = plan.samples(chunk);
                sampledRow[chunk] = samples ? row++ : -1;
                if (samples) {
                    ints.add(token - 1);
                }
            }
        });
        section(SCORED, () -> {
            int row = 0;
            int token = 0;
            for (int i = 0; i < chunks; i++) {
                int chunk = order[i];
                firstScoredRow[chunk] = row;
                for (int at = plan.from(chunk); at < lastScored(plan, chunk); at++) {
                    ints.add(token + at - plan.from(chunk));
                    row++;
                }
                token += length(plan, chunk);
            }
        });
        section(TARGETS, () -> {
            for (int i = 0; i < chunks; i++) {
                int chunk = order[i];
                for (int at = plan.from(chunk); at < lastScored(plan, chunk); at++) {
                    ints.add(plan.sequence(chunk).token(at + 1));
                    counts[TOP] = Math.max(counts[TOP], plan.sequence(chunk).params().promptLogprobs());
                }
            }
        });
        section(LOGPROB_ROWS, () -> {
            int row = 0;
            for (int i = 0; i < chunks; i++) {
                int chunk = order[i];
                int top = plan.sequence(chunk).params().logprobs();
                boolean wanted = sampledRow[chunk] >= 0 && top != SamplingParams.NO_LOGPROBS;
                logprobRow[chunk] = wanted ? row++ : -1;
                if (wanted) {
                    ints.add(sampledRow[chunk]);
                    counts[TOP] = Math.max(counts[TOP], top);
                }
            }
        });
    }

    /** One past the last position of the chunk whose successor is a prompt token to be scored. */
    static int lastScored(StepPlan plan, int chunk) {
        Sequence sequence = plan.sequence(chunk);
        if (!sequence.scoresPrompt()) {
            return plan.from(chunk);
        }
        return Math.max(plan.from(chunk), Math.min(plan.to(chunk), sequence.promptLength() - 1));
    }

    private void packRandomRows(StepPlan plan) {
        section(PLAIN, () -> packRandomRows(plan, true));
        section(CUT, () -> packRandomRows(plan, false));
        section(TOP_K, () -> {
            for (int i = 0; i < chunks; i++) {
                SamplingParams params = plan.sequence(order[i]).params();
                if (isRandom(order[i], params, false)) {
                    ints.add(params.topK());
                }
            }
        });
    }

    private boolean isRandom(int chunk, SamplingParams params, boolean plain) {
        return sampledRow[chunk] >= 0 && !params.greedy() && params.wholeVocabulary() == plain;
    }

    private void packRandomRows(StepPlan plan, boolean plain) {
        for (int i = 0; i < chunks; i++) {
            Sequence sequence = plan.sequence(order[i]);
            SamplingParams params = sequence.params();
            if (isRandom(order[i], params, plain)) {
                ints.add(sampledRow[order[i]]);
                long seed = params.seed().orElse(entropy ^ SeededUniform.mix(sequence.id()));
                reals.add(params.temperature());
                reals.add(params.topP());
                reals.add(params.minP());
                reals.add(SeededUniform.at(seed, sequence.outputLength()));
            }
        }
    }

    private void packPenalties(StepPlan plan) {
        penalties.clear();
        for (int i = 0; i < chunks; i++) {
            Sequence sequence = plan.sequence(order[i]);
            if (sampledRow[order[i]] >= 0 && sequence.params().penalises()) {
                penalties.add(sampledRow[order[i]], sequence);
            }
        }
        section(PENALTY_ROWS, () -> penalties.forEach((row, _, _) -> ints.add(row)));
        section(PENALTY_TOKENS, () -> penalties.forEach((_, token, _) -> ints.add(token)));
        section(PENALTY_COUNTS, () -> penalties.forEach((_, _, count) -> ints.add(count)));
        for (int i = 0; i < chunks; i++) {
            SamplingParams params = plan.sequence(order[i]).params();
            for (int n = sampledRow[order[i]] < 0 ? 0 : penalties.entries(sampledRow[order[i]]); n > 0; n--) {
                reals.add(params.repetitionPenalty());
                reals.add(params.presencePenalty());
                reals.add(params.frequencyPenalty());
            }
        }
    }

    private void packBias(StepPlan plan) {
        section(BIAS_ROWS, () -> forEachBias(plan, (row, _, _) -> ints.add(row)));
        section(BIAS_TOKENS, () -> forEachBias(plan, (_, token, _) -> ints.add(token)));
        forEachBias(plan, (_, _, value) -> reals.add(value));
    }

    private interface BiasVisitor {
        void visit(int row, int token, float value);
    }

    private void forEachBias(StepPlan plan, BiasVisitor visitor) {
        for (int i = 0; i < chunks; i++) {
            SamplingParams params = plan.sequence(order[i]).params();
            for (int b = 0; sampledRow[order[i]] >= 0 && b < params.biasTokens().length; b++) {
                visitor.visit(sampledRow[order[i]], params.biasTokens()[b], params.biasValues()[b]);
            }
        }
    }

    private void section(int index, Runnable fill) {
        int start = ints.size();
        fill.run();
        counts[index] = (long) ints.size() - start;
    }

    private void ensureCapacity(int wanted) {
        if (wanted > order.length) {
            int capacity = Math.max(wanted, 2 * order.length);
            order = new int[capacity];
            sampledRow = new int[capacity];
            logprobRow = new int[capacity];
            firstScoredRow = new int[capacity];
        }
    }
}
