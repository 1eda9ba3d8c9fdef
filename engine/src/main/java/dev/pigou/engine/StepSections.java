package dev.pigou.engine;

import java.nio.ByteBuffer;

/**
 * The numbers of one step, section after section: what the program's method {@code step} cuts apart again. Reused from
 * step to step and owned by the engine thread.
 */
@SuppressWarnings("EnumOrdinal") // the order of the sections is what the enum is for
final class StepSections {
    /** In the order of the program's {@code split_with_sizes}. */
    enum Section {
        /** Ids, positions and pool slots, one each per token; a slot is block * blockSize + offset. */
        TOKENS, POSITIONS, SLOTS,
        /** The block tables of all attention groups; those of a bucket padded with the null block. */
        TABLES,
        /** Per chunk: its first row, its rows, its first entry in the tables, the slots its last row sees. */
        SEQUENCES,
        /** Per sampling chunk: the row of its last token. */
        SAMPLED,
        /** Per prompt token to score: the row before it, and its id. */
        SCORED, TARGETS,
        /** Which sampled rows want log-probabilities. */
        LOGPROB_ROWS,
        /** Sampled rows drawn from the whole vocabulary; from a part of it; its top_k. */
        PLAIN, CUT, TOP_K,
        /** A penalised row's distinct tokens, with how often each was produced. */
        PENALTY_ROWS, PENALTY_TOKENS, PENALTY_COUNTS,
        /** {@code logit_bias}. */
        BIAS_ROWS, BIAS_TOKENS
    }

    private static final int TOP = Section.values().length;

    /** Once {@link #close}d, the reals as well. */
    private final PackedNumbers ints = new PackedNumbers();
    private final PackedNumbers reals = new PackedNumbers();
    private final long[] counts = new long[TOP + 1];
    private int whole;

    void clear() {
        ints.clear();
        reals.clear();
        counts[TOP] = 0;
    }

    /** Appends a section: what {@code content} adds. Sections must come in their order. */
    void append(Section section, Runnable content) {
        int start = ints.size();
        content.run();
        counts[section.ordinal()] = (long) ints.size() - start;
    }

    /** Adds a number to the section being appended. */
    void add(long value) { ints.add(value); }

    /** Where the next number will be among all. */
    int place() { return ints.size(); }

    /** Replaces a number, at any time until the next {@link #clear}. */
    void set(int place, long value) {
        ints.set(place, value);
    }

    /** Adds to the real numbers, which have no sections but follow the order of the rows. */
    void addReal(double value) {
        reals.add(value);
    }

    /** At least so many likely tokens are to be found wherever log-probabilities are wanted. */
    void wantTop(int logprobs) {
        counts[TOP] = Math.max(counts[TOP], logprobs);
    }

    int top() { return (int) counts[TOP]; }

    int size(Section section) { return (int) counts[section.ordinal()]; }

    /** All that was to be added has been. */
    void close() {
        whole = ints.size();
        ints.addAll(reals);
    }

    /** The sections, then the bits of the real numbers. */
    ByteBuffer numbers() { return ints.view(); }

    /** How many of the numbers are in sections. */
    int whole() { return whole; }

    /** Sizes of the sections, then {@link #top}. */
    long[] counts() { return counts; }
}
