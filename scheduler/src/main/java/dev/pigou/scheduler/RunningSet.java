package dev.pigou.scheduler;

import org.jspecify.annotations.Nullable;

/** Sequences that run, in policy order once {@link #sort} was called. Owned by the scheduler's thread. */
final class RunningSet {
    private final SchedulingPolicy policy;
    private final @Nullable Sequence[] sequences;
    private int size;

    RunningSet(SchedulingPolicy policy, int capacity) {
        this.policy = policy;
        sequences = new @Nullable Sequence[capacity];
    }

    int size() { return size; }

    boolean isFull() { return size == sequences.length; }

    Sequence get(int i) {
        Sequence sequence = sequences[i];
        if (sequence == null) {
            throw new IndexOutOfBoundsException("place " + i + " of " + size + " running sequences");
        }
        return sequence;
    }

    Sequence last() { return get(size - 1); }

    void add(Sequence sequence) { sequences[size++] = sequence; }

    void remove(Sequence sequence) {
        int index = 0;
        while (get(index) != sequence) {
            index++;
        }
        System.arraycopy(sequences, index + 1, sequences, index, size - index - 1);
        sequences[--size] = null;
    }

    /** An insertion sort: from one step to the next the order hardly changes, and then this is one pass. */
    void sort(long nowNanos) {
        for (int i = 1; i < size; i++) {
            Sequence sequence = get(i);
            int place = i;
            while (place > 0 && policy.compare(sequence, get(place - 1), nowNanos) < 0) {
                sequences[place] = sequences[place - 1];
                place--;
            }
            sequences[place] = sequence;
        }
    }
}
