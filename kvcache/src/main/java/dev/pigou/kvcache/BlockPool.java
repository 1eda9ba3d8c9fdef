package dev.pigou.kvcache;

/**
 * Who holds which block: a reference count for each, and the list of those that are free.
 *
 * <p>A block is <em>free</em> (on the list), <em>held</em> (at least one reference) or <em>idle</em>
 * (neither: it stays for the prefix in it). Block 0 is the null block, which pads block tables on the device
 * and is never handed out. Everything is allocated by the constructor. Owned by one thread.
 *
 * <ul>
 * <li>I1: the free list names each free block once and no other.
 * <li>I2: a free block has no references, and no block has fewer than none.
 * <li>I3: the null block is neither free nor held.
 * </ul>
 */
final class BlockPool {
    /** Stands for "no block" wherever a block id is stored. */
    static final int NULL_BLOCK = 0;

    private final int[] references;
    private final boolean[] free;
    /** A stack: the block freed last is the one most likely still in the device's cache. */
    private final int[] freeList;
    private int freeCount;

    /** @param blocks usable blocks; their ids are 1 to {@code blocks} */
    BlockPool(int blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException(
                    "a block pool needs at least 1 block, but was given " + blocks);
        }
        references = new int[blocks + 1];
        free = new boolean[blocks + 1];
        freeList = new int[blocks];
        for (int block = blocks; block >= 1; block--) {
            free[block] = true;
            freeList[freeCount++] = block;
        }
    }

    int blocks() { return freeList.length; }

    int freeCount() { return freeCount; }

    int references(int block) { return references[block]; }

    boolean isFree(int block) { return free[block]; }

    /** Takes a block off the free list; it comes with one reference. */
    int allocate() {
        if (freeCount == 0) {
            throw new IllegalStateException("no free block among " + blocks());
        }
        int block = freeList[--freeCount];
        free[block] = false;
        references[block] = 1;
        return block;
    }

    /** Adds a reference to a held or idle block. */
    void hold(int block) {
        if (block == NULL_BLOCK || free[block]) {
            throw new IllegalStateException("block " + block + " is free and cannot be held");
        }
        references[block]++;
    }

    /** Takes one reference away. Returns how many are left; at 0 the block is idle. */
    int drop(int block) {
        if (references[block] == 0) {
            throw new IllegalStateException("block " + block + " is dropped by someone who does not hold it");
        }
        return --references[block];
    }

    /** Puts an idle block on the free list. */
    void free(int block) {
        if (block == NULL_BLOCK || free[block] || references[block] != 0) {
            throw new IllegalStateException(
                    "block " + block + " with " + references[block] + " references cannot be freed");
        }
        free[block] = true;
        freeList[freeCount++] = block;
    }

    /** Checks I1 to I3. */
    void checkInvariants() {
        boolean[] listed = new boolean[free.length];
        for (int i = 0; i < freeCount; i++) {
            int block = freeList[i];
            InvariantViolation.require(free[block] && !listed[block],
                    "I1: the free list names free blocks once", block);
            listed[block] = true;
        }
        for (int block = 0; block < free.length; block++) {
            InvariantViolation.require(free[block] == listed[block], "I1: every free block is on the list",
                    block);
            InvariantViolation.require(free[block] ? references[block] == 0 : references[block] >= 0,
                    "I2: a free block has no references", block, references[block]);
        }
        InvariantViolation.require(!free[NULL_BLOCK] && references[NULL_BLOCK] == 0,
                "I3: the null block is neither free nor held", references[NULL_BLOCK]);
    }
}
