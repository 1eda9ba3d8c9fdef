package dev.pigou.kvcache;

/**
 * From hash to id: open addressing with linear probing, several ids to one hash if need be. Ids are above 0. Everything is
 * allocated by the constructor. Owned by one thread.
 *
 * <p>To look up: {@code for (slot = home(hash); at(slot) != NONE; slot = next(slot))}, and see whether {@code hash(at(slot))}
 * is the one.
 *
 * <ul>
 * <li>I7: the table holds each id once and nothing else, and a probe from its hash's home reaches it.
 * </ul>
 */
final class HashIndex {
    static final int NONE = 0;

    private final long[] hash;
    /** Ids. The hash is not repeated here: it is in {@link #hash}. */
    private final int[] slots;
    private int size;

    /** @param ids they are 1 to {@code ids} */
    HashIndex(int ids) {
        hash = new long[ids + 1];
        slots = new int[Integer.highestOneBit(Math.multiplyExact(ids, 2)) << 1]; // at most half full
    }

    int size() { return size; }

    long hash(int id) { return hash[id]; }

    int home(long idHash) { return (int) idHash & (slots.length - 1); }

    int next(int slot) { return (slot + 1) & (slots.length - 1); }

    int at(int slot) { return slots[slot]; }

    void add(int id, long idHash) {
        hash[id] = idHash;
        int slot = home(idHash);
        while (slots[slot] != NONE) {
            slot = next(slot);
        }
        slots[slot] = id;
        size++;
    }

    void remove(int id) {
        int slot = home(hash[id]);
        while (slots[slot] != id) {
            slot = next(slot);
        }
        closeGap(slot);
        size--;
    }

    /** Moves later entries of the probe run back over the gap, so that no lookup stops short of its entry. */
    private void closeGap(int emptied) {
        int gap = emptied;
        for (int slot = next(gap); slots[slot] != NONE; slot = next(slot)) {
            int home = home(hash[slots[slot]]);
            if (distance(home, slot) >= distance(gap, slot)) {
                slots[gap] = slots[slot];
                gap = slot;
            }
        }
        slots[gap] = NONE;
    }

    /** Steps of a probe from one slot to the other. */
    private int distance(int from, int to) {
        return (to - from) & (slots.length - 1);
    }

    /** Ids in the table, counted one by one. */
    int count() {
        int filled = 0;
        for (int id : slots) {
            filled += id == NONE ? 0 : 1;
        }
        return filled;
    }
}
