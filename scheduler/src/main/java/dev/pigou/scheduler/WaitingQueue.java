package dev.pigou.scheduler;

import dev.pigou.kvcache.InvariantViolation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that wait, the first in policy order on top: a binary heap. Each sequence knows its place in it,
 * so that a cancelled one is taken out without a search. Grows when needed and never shrinks. Owned by the
 * scheduler's thread.
 *
 * <ul>
 * <li>I1: no sequence goes before its heap parent.
 * <li>I2: each sequence in the queue knows its place, holds no blocks and has nothing computed.
 * </ul>
 */
final class WaitingQueue {
    private final SchedulingPolicy policy;
    private @Nullable Sequence[] heap = new @Nullable Sequence[64];
    private int size;

    WaitingQueue(SchedulingPolicy policy) { this.policy = policy; }

    int size() { return size; }

    boolean isEmpty() { return size == 0; }

    /** The first in order; the queue must not be empty. */
    Sequence first() { return at(0); }

    /** The sequence at a place in the heap, for looking at all of them in no order that holds. */
    Sequence get(int i) {
        return at(i);
    }

    void add(Sequence sequence, long nowNanos) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        put(size++, sequence);
        siftUp(size - 1, nowNanos);
    }

    /** Takes a queued sequence out, wherever it stands. */
    void remove(Sequence sequence, long nowNanos) {
        int index = sequence.queueIndex();
        Sequence last = at(--size);
        heap[size] = null;
        sequence.unqueued();
        if (last != sequence) {
            put(index, last);
            siftDown(index, nowNanos);
            siftUp(index, nowNanos);
        }
    }

    /**
     * Puts everything in order for this time; free of cost if the policy's order does not change with time.
     */
    void refresh(long nowNanos) {
        if (policy.changesWithTime()) {
            for (int i = size / 2 - 1; i >= 0; i--) {
                siftDown(i, nowNanos);
            }
        }
    }

    private void siftUp(int from, long nowNanos) {
        int index = from;
        while (index > 0 && before(index, (index - 1) / 2, nowNanos)) {
            swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
    }

    private void siftDown(int from, long nowNanos) {
        int index = from;
        while (2 * index + 1 < size) {
            int child = 2 * index + 1;
            if (child + 1 < size && before(child + 1, child, nowNanos)) {
                child++;
            }
            if (!before(child, index, nowNanos)) {
                return;
            }
            swap(index, child);
            index = child;
        }
    }

    private boolean before(int i, int j, long nowNanos) { return policy.compare(at(i), at(j), nowNanos) < 0; }

    private void swap(int i, int j) {
        Sequence moved = at(i);
        put(i, at(j));
        put(j, moved);
    }

    private void put(int index, Sequence sequence) {
        heap[index] = sequence;
        sequence.queuedAt(index);
    }

    private Sequence at(int index) {
        Sequence sequence = heap[index];
        if (sequence == null) {
            throw new IndexOutOfBoundsException("place " + index + " of a queue of " + size);
        }
        return sequence;
    }

    /** Checks I1 and I2; call {@link #refresh} first if the order changes with time. */
    void checkInvariants(long nowNanos) {
        for (int i = 0; i < size; i++) {
            InvariantViolation.require(i == 0 || !before(i, (i - 1) / 2, nowNanos),
                    "I1: no sequence goes before its heap parent", i, at(i).id());
            InvariantViolation.require(at(i).queueIndex() == i && at(i).state() == SequenceState.WAITING,
                    "I2: a queued sequence knows its place", i, at(i).queueIndex(), at(i).id());
            InvariantViolation.require(at(i).blocks().size() == 0 && at(i).computedTokens() == 0,
                    "I2: a queued sequence holds no blocks and has nothing computed", at(i).id());
        }
    }
}
