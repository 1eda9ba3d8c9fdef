package dev.pigou.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a step computes: a chunk, that is positions [from, to), of each of some sequences. Few objects are used for all
 * steps, so a plan is valid until it was applied, failed or retracted and the next is made. Owned by the scheduler's thread.
 */
public final class StepPlan {
    private final @Nullable Sequence[] sequences;
    private final int[] from;
    private final int[] to;
    private final boolean[] samples;
    private final int[] awaits;
    private long begunNanos;
    private int size;
    private int totalTokens;
    private int preempted;

    StepPlan(int capacity) {
        sequences = new @Nullable Sequence[capacity];
        from = new int[capacity];
        to = new int[capacity];
        samples = new boolean[capacity];
        awaits = new int[capacity];
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

    /**
     * Index of the chunk, in the plan in flight when this one was made, whose token is the last that this chunk computes; -1
     * if all of its tokens were known.
     */
    public int awaits(int chunk) { return awaits[chunk]; }

    /** When the device could begin with it: when it was planned, or when what was in flight then was over. */
    long begunNanos() {
        return begunNanos;
    }

    /** Positions computed by all chunks together. */
    public int totalTokens() { return totalTokens; }

    /** Sequences that lost their blocks to make room for this step. */
    public int preempted() {
        return preempted;
    }

    void clear(long nowNanos) {
        begunNanos = nowNanos;
        Arrays.fill(sequences, 0, size, null);
        size = 0;
        totalTokens = 0;
        preempted = 0;
    }

    void add(Sequence sequence, int end) {
        sequences[size] = sequence;
        from[size] = sequence.computedTokens();
        to[size] = end;
        samples[size] = end == sequence.lengthAhead() && sequence.mayProduce();
        awaits[size] = end > sequence.length() ? sequence.chunkInFlight() : -1;
        totalTokens += end - sequence.computedTokens();
        size++;
    }

    void begunAt(long nowNanos) { begunNanos = nowNanos; }

    void countPreempted() { preempted++; }
}
