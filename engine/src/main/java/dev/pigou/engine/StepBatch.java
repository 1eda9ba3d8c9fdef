package dev.pigou.engine;

import dev.pigou.engine.StepSections.Section;
import dev.pigou.kvcache.BlockTable;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step's inputs, packed for the device: a {@link StepPlan} flattened to one array of numbers ({@link StepSections}
 * says what is in them). Reused from step to step and owned by the engine thread.
 *
 * <p>The chunks' tokens are concatenated without padding, in an order that makes attention groups contiguous: first
 * the chunks of one token, bucketed so that the block tables of a bucket differ in length by less than a factor of two,
 * then the longer chunks one by one.
 */
public final class StepBatch {
    private static final int NULL_BLOCK = 0;
    private static final int GROUP_NUMBERS = 4;

    private final int blockSize;
    private final StepSections sections = new StepSections();
    private final LogitRows rows;

    /** Chunks of the plan in the order in which their tokens are packed. */
    private int[] order = new int[64];
    private long[] groups = new long[64];
    private int groupNumbers;
    /** Places of tokens that the step before samples, and its rows. */
    private int[] awaitedPlaces = new int[64];
    private int[] awaitedRows = new int[64];
    private int awaited;

    private final int vocabSize;
    private final long entropy;

    /** @param entropy makes the draws of requests without a seed differ between runs of the server */
    public StepBatch(int blockSize, int vocabSize, long entropy) {
        this.blockSize = blockSize;
        this.vocabSize = vocabSize;
        this.entropy = entropy;
        rows = new LogitRows(sections, vocabSize, entropy);
    }

    /** An empty one that packs the same plans alike, draws included. */
    StepBatch another() {
        return new StepBatch(blockSize, vocabSize, entropy);
    }

    /** Replaces the contents by the chunks of {@code plan}, of which no token is awaited. */
    public void pack(StepPlan plan) {
        pack(plan, null);
    }

    /**
     * Replaces the contents by the chunks of {@code plan}.
     *
     * @param before the step whose tokens the plan awaits, to be {@link #fillIn filled in} later; null if it awaits none
     */
    void pack(StepPlan plan, @Nullable StepBatch before) {
        if (plan.size() > order.length) {
            int capacity = Math.max(plan.size(), 2 * order.length);
            order = new int[capacity];
            awaitedPlaces = new int[capacity];
            awaitedRows = new int[capacity];
        }
        awaited = 0;
        sections.clear();
        group(plan);
        sections.append(Section.TOKENS, () -> packTokens(plan, before));
        sections.append(Section.POSITIONS, () -> packPositions(plan));
        sections.append(Section.SLOTS, () -> packSlots(plan));
        sections.append(Section.TABLES, () -> packTables(plan));
        sections.append(Section.SEQUENCES, () -> packSequences(plan));
        rows.pack(plan, order);
        sections.close();
    }

    /**
     * All integer sections, int64 in native byte order; then float64: per random row temperature, top_p, min_p, uniform; per
     * penalised entry repetition, presence, frequency; per biased entry its bias. Valid until the next {@code pack}.
     */
    public ByteBuffer numbers() { return sections.numbers(); }

    /** How many of the {@link #numbers} are int64. */
    public int whole() { return sections.whole(); }

    /** Length of each integer section of {@link #numbers}, then how many top log-probabilities to find. Not to be written to. */
    public long[] counts() {
        return sections.counts();
    }

    /** Per attention group: sequences, tokens of each, blocks of each, slots each looks at. */
    public long[] groups() {
        return Arrays.copyOf(groups, groupNumbers);
    }

    StepSections sections() { return sections; }

    LogitRows rows() { return rows; }

    private static int length(StepPlan plan, int chunk) { return plan.to(chunk) - plan.from(chunk); }

    private int blocks(int slots) { return (slots + blockSize - 1) / blockSize; }

    /** Orders the chunks and cuts them into attention groups. */
    private void group(StepPlan plan) {
        groupNumbers = 0;
        int placed = 0;
        for (int bits = 1; bits < Integer.SIZE; bits++) {
            placed = groupSingles(plan, bits, placed);
        }
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            if (length(plan, chunk) > 1) {
                order[placed++] = chunk;
                addGroup(1, length(plan, chunk), blocks(plan.to(chunk)), plan.to(chunk));
            }
        }
    }

    /** Groups the chunks of one token whose number of blocks has {@code bits} bits. */
    private int groupSingles(StepPlan plan, int bits, int firstPlace) {
        int placed = firstPlace;
        int longest = 0;
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            int blocks = blocks(plan.to(chunk));
            if (length(plan, chunk) == 1 && Integer.SIZE - Integer.numberOfLeadingZeros(blocks) == bits) {
                order[placed++] = chunk;
                longest = Math.max(longest, blocks);
            }
        }
        if (placed > firstPlace) {
            addGroup(placed - firstPlace, 1, longest, longest * blockSize);
        }
        return placed;
    }

    private void addGroup(int sequences, int tokensEach, int blocksEach, int slots) {
        if (groupNumbers + GROUP_NUMBERS > groups.length) {
            groups = Arrays.copyOf(groups, 2 * groups.length);
        }
        groups[groupNumbers++] = sequences;
        groups[groupNumbers++] = tokensEach;
        groups[groupNumbers++] = blocksEach;
        groups[groupNumbers++] = slots;
    }

    private void packTokens(StepPlan plan, @Nullable StepBatch before) {
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(order[i]);
            int known = Math.min(plan.to(order[i]), sequence.length());
            for (int at = plan.from(order[i]); at < known; at++) {
                sections.add(sequence.token(at));
            }
            if (known < plan.to(order[i])) {
                awaitedPlaces[awaited] = sections.place();
                awaitedRows[awaited++] = Objects.requireNonNull(before).rows
                        .sampledRow(plan.awaits(order[i]));
                sections.add(0);
            }
        }
    }

    /** The step before is over: the tokens that this one awaits are there. Where it failed any will do. */
    void fillIn(StepOutput before) {
        for (int i = 0; i < awaited; i++) {
            sections.set(awaitedPlaces[i], Math.max(0, before.tokenOfRow(awaitedRows[i])));
        }
    }

    /** True if what is sampled changes the logits of the step after it, which so can only be packed once that is known. */
    boolean isPenalised() {
        return rows.isPenalised();
    }

    private void packPositions(StepPlan plan) {
        for (int i = 0; i < plan.size(); i++) {
            for (int at = plan.from(order[i]); at < plan.to(order[i]); at++) {
                sections.add(at);
            }
        }
    }

    private void packSlots(StepPlan plan) {
        for (int i = 0; i < plan.size(); i++) {
            BlockTable table = plan.sequence(order[i]).blocks();
            for (int at = plan.from(order[i]); at < plan.to(order[i]); at++) {
                sections.add((long) table.block(at / blockSize) * blockSize + at % blockSize);
            }
        }
    }

    private void packTables(StepPlan plan) {
        int i = 0;
        for (int group = 0; group < groupNumbers; group += GROUP_NUMBERS) {
            for (int end = i + (int) groups[group]; i < end; i++) {
                BlockTable table = plan.sequence(order[i]).blocks();
                int own = blocks(plan.to(order[i]));
                for (int block = 0; block < groups[group + 2]; block++) {
                    sections.add(block < own ? table.block(block) : NULL_BLOCK);
                }
            }
        }
    }

    private void packSequences(StepPlan plan) {
        int i = 0;
        int row = 0;
        int entry = 0;
        for (int group = 0; group < groupNumbers; group += GROUP_NUMBERS) {
            for (int end = i + (int) groups[group]; i < end; i++) {
                sections.add(row);
                sections.add(length(plan, order[i]));
                sections.add(entry);
                sections.add(plan.to(order[i]));
                row += length(plan, order[i]);
                entry += (int) groups[group + 2];
            }
        }
    }
}
