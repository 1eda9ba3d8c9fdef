package dev.pigou.kvcache;

import java.util.Arrays;

/**
 * Blocks in rings, each from its oldest to its newest: doubly linked lists through arrays, a block being in one ring at
 * most. Adding, removing and finding the oldest take constant time. Owned by one thread.
 */
final class BlockRings {
    private static final int NONE = BlockPool.NULL_BLOCK;

    private final int firstHead;
    /** By block, and after the blocks one head for each ring, which links its oldest with its newest. */
    private final int[] older;
    private final int[] newer;

    /** @param blocks their ids are 1 to {@code blocks} */
    BlockRings(int blocks, int rings) {
        firstHead = blocks + 1;
        older = new int[firstHead + rings];
        newer = new int[firstHead + rings];
        Arrays.setAll(older, i -> i < firstHead ? NONE : i);
        Arrays.setAll(newer, i -> i < firstHead ? NONE : i);
    }

    boolean contains(int block) { return newer[block] != NONE; }

    boolean isEmpty(int ring) { return newer[firstHead + ring] == firstHead + ring; }

    /** The oldest block of a ring, or the null block. */
    int oldest(int ring) {
        return blockOrNone(newer[firstHead + ring]);
    }

    /** The block after this one in its ring, or the null block. */
    int newerThan(int block) {
        return blockOrNone(newer[block]);
    }

    void addNewest(int ring, int block) {
        int head = firstHead + ring;
        linkBetween(older[head], block, head);
    }

    void addOldest(int ring, int block) {
        int head = firstHead + ring;
        linkBetween(head, block, newer[head]);
    }

    void remove(int block) {
        link(older[block], newer[block]);
        older[block] = NONE;
        newer[block] = NONE;
    }

    /** Puts another block in this one's place. */
    void replace(int block, int other) {
        int before = older[block];
        remove(block);
        linkBetween(before, other, newer[before]);
    }

    /** Blocks of a ring, counted one by one up to {@code most} + 1; checks the links on the way. */
    int count(int ring, int most) {
        int count = 0;
        for (int block = oldest(ring); block != NONE && count <= most; block = newerThan(block)) {
            InvariantViolation.require(older[newer[block]] == block,
                    "I11: the links of a ring agree in both directions", block);
            count++;
        }
        return count;
    }

    private int blockOrNone(int link) { return link < firstHead ? link : NONE; }

    private void linkBetween(int before, int block, int after) {
        link(before, block);
        link(block, after);
    }

    private void link(int first, int second) {
        newer[first] = second;
        older[second] = first;
    }
}
