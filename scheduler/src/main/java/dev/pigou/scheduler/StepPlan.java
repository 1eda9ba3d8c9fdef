package dev.pigou.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the next step computes: a chunk, that is positions [from, to), of each of some sequences. One object
 * is used for all steps, so a plan is valid until the next call of {@link Scheduler#plan}. Owned by the
 * scheduler's thread.
 */
public final class StepPlan {
    private final @Nullable Sequence[] sequences;
    private final int[] from;
    private final int[] to;
    private final boolean[] samples;
    private int size;
    private int totalTokens;
    private int preempted;

    StepPlan(int capacity) {
        sequences = new @Nullable Sequence[capacity];
        from = new int[capacity];
        to = new int[capacity];
        samples = new boolean[capacity];
    }

    /** Chunks; at most one of each sequence. */
    public int size() { return size; }

    public Sequence sequence(int chunk) {
        Sequence sequence = sequences[chunk];
        if (sequence == null) {
            throw new IndexOutOfBoundsException("chunk " + chunk + " of a plan of " + size);
        }
        return sequence;
    }

    /** First position the chunk computes; all before it are computed. */
    public int from(int chunk) {
        return from[chunk];
    }

    /** One past the last position the chunk computes; above {@code from}. */
    public int to(int chunk) {
        return to[chunk];
    }

    /**
     * True if the step must produce a token after the chunk: it reaches the sequence's length, and that may
     * still grow.
     */
    public boolean samples(int chunk) { return samples[chunk]; }

    /** Positions computed by all chunks together. */
    public int totalTokens() { return totalTokens; }

    /** Sequences that lost their blocks to make room for this step. */
    public int preempted() {
        return preempted;
    }

    void clear() {
        Arrays.fill(sequences, 0, size, null);
        size = 0;
        totalTokens = 0;
        preempted = 0;
    }

    void add(Sequence sequence, int end) {
        sequences[size] = sequence;
        from[size] = sequence.computedTokens();
        to[size] = end;
        samples[size] = end == sequence.length() && sequence.mayProduce();
        totalTokens += end - sequence.computedTokens();
        size++;
    }

    void countPreempted() { preempted++; }
}
