package dev.pigou.kvcache;

/**
 * The blocks evicted last, by hash, so that one which is computed again is known again. Of two prefixes with one hash one is
 * taken for the other, which costs a little truth in the statistics and nothing else. Owned by one thread.
 *
 * <ul>
 * <li>I16: the index holds the ghosts in use and nothing else.
 * </ul>
 */
final class GhostBlocks {
    static final int NONE = HashIndex.NONE;

    private final HashIndex index;
    private final boolean[] inUse;
    private int last;

    /** @param ghosts they are 1 to {@code ghosts} */
    GhostBlocks(int ghosts) {
        index = new HashIndex(ghosts);
        inUse = new boolean[ghosts + 1];
    }

    /** A ghost of this hash, or {@link #NONE}. */
    int find(long hash) {
        int slot = index.home(hash);
        while (index.at(slot) != NONE && index.hash(index.at(slot)) != hash) {
            slot = index.next(slot);
        }
        return index.at(slot);
    }

    /** The ghost whose turn it is to be given away; whether it is in use must be asked. */
    int next() {
        last = last + 1 < inUse.length ? last + 1 : 1;
        return last;
    }

    boolean isInUse(int ghost) { return inUse[ghost]; }

    void add(int ghost, long hash) {
        inUse[ghost] = true;
        index.add(ghost, hash);
    }

    void remove(int ghost) {
        inUse[ghost] = false;
        index.remove(ghost);
    }

    /** Checks I16; returns the number of ghosts. */
    int checkInvariants() {
        int count = 0;
        for (int ghost = 1; ghost < inUse.length; ghost++) {
            count += inUse[ghost] ? 1 : 0;
            InvariantViolation.require(!inUse[ghost] || find(index.hash(ghost)) != NONE,
                    "I16: a ghost is found by its hash", ghost);
        }
        InvariantViolation.require(count == index.size() && count == index.count(),
                "I16: the index holds the ghosts in use", count, index.size(), index.count());
        return count;
    }
}
