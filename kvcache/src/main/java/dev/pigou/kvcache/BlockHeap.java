package dev.pigou.kvcache;

import java.util.Arrays;

/**
 * Blocks by key, the least first; of equal keys the one added first. A binary heap that knows where each block is, so that
 * any block can be taken out in logarithmic time. Owned by one thread.
 */
final class BlockHeap {
    private static final int ABSENT = -1;

    private final int[] heap;
    /** By block. */
    private final int[] place;
    private final long[] key;
    private final long[] order;
    private int size;
    private long added;

    /** @param blocks their ids are 1 to {@code blocks} */
    BlockHeap(int blocks) {
        heap = new int[blocks];
        place = new int[blocks + 1];
        key = new long[blocks + 1];
        order = new long[blocks + 1];
        Arrays.fill(place, ABSENT);
    }

    int size() { return size; }

    boolean contains(int block) { return place[block] != ABSENT; }

    /** The block with the least key, or the null block. */
    int least() {
        return size == 0 ? BlockPool.NULL_BLOCK : heap[0];
    }

    long key(int block) { return key[block]; }

    void add(int block, long blockKey) {
        key[block] = blockKey;
        order[block] = added++;
        put(size++, block);
        rise(block);
    }

    void remove(int block) {
        int hole = place[block];
        place[block] = ABSENT;
        int last = heap[--size];
        if (last != block) {
            put(hole, last);
            rise(last);
            sink(last);
        }
    }

    private void rise(int block) {
        int at = place[block];
        while (at > 0 && isBefore(block, heap[(at - 1) / 2])) {
            put(at, heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        put(at, block);
    }

    private void sink(int block) {
        int at = place[block];
        for (int child = leastChild(at); child < size
                && isBefore(heap[child], block); child = leastChild(at)) {
            put(at, heap[child]);
            at = child;
        }
        put(at, block);
    }

    private int leastChild(int at) {
        int left = 2 * at + 1;
        return left + 1 < size && isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    }

    private boolean isBefore(int a, int b) {
        return key[a] < key[b] || (key[a] == key[b] && order[a] < order[b]);
    }

    private void put(int at, int block) {
        heap[at] = block;
        place[block] = at;
    }

    /** Checks that each block is where it is said to be, and no parent after its child. */
    void checkInvariants() {
        for (int at = 0; at < size; at++) {
            InvariantViolation.require(
                    place[heap[at]] == at && !isBefore(heap[at], heap[Math.max(0, (at - 1) / 2)]),
                    "I13: the heap is in order", at, heap[at]);
        }
    }
}
