package dev.pigou.kvcache;

import java.util.Arrays;

/**
 * The cached blocks, found by what is in them. A block's identity is its parent (or, at the root, its salt) and its
 * tokens; the chained hash only says where to look. A hit compares the identity, so that a collision costs time but never
 * hands out the KV of another prompt.
 *
 * <p>Struct of arrays by block id, and an open-addressing table from hash to block with linear probing; everything is
 * allocated by the constructor. Owned by one thread.
 *
 * <ul>
 * <li>I4: the parent of a cached block is cached, or the block is at the root.
 * <li>I5: a block's child count is the number of cached blocks that name it as parent.
 * <li>I6: looking up a cached block's identity finds that block, so no two cached blocks have the same identity.
 * <li>I7: the table holds each cached block once and nothing else.
 * </ul>
 */
final class PrefixTree implements PrefixView {
    private static final int ROOT = BlockPool.NULL_BLOCK;

    private final BlockHash blockHash;
    private final int blockSize;

    private final boolean[] cached;
    private final int[] parent;
    private final int[] depth;
    private final int[] children;
    private final long[] salt;
    private final long[] hash;
    /** Tokens of block b at [b * blockSize, (b + 1) * blockSize). */
    private final int[] tokens;

    /** Block ids; 0 marks an empty slot. The hash is not repeated here: it is in {@link #hash}. */
    private final int[] slots;
    private int size;

    PrefixTree(int blocks, int blockSize, BlockHash blockHash) {
        this.blockHash = blockHash;
        this.blockSize = blockSize;
        cached = new boolean[blocks + 1];
        parent = new int[blocks + 1];
        depth = new int[blocks + 1];
        children = new int[blocks + 1];
        salt = new long[blocks + 1];
        hash = new long[blocks + 1];
        tokens = new int[Math.multiplyExact(blocks + 1, blockSize)];
        slots = new int[Integer.highestOneBit(Math.multiplyExact(blocks, 2)) << 1]; // at most half full
    }

    /** Cached blocks. */
    int size() { return size; }

    boolean contains(int block) { return cached[block]; }

    @Override
    public int parent(int block) { return parent[block]; }

    @Override
    public boolean isLeaf(int block) { return children[block] == 0; }

    @Override
    public int depth(int block) { return depth[block]; }

    /**
     * The cached block that continues {@code parentBlock} (the null block: that begins a prompt of {@code rootSalt}) with
     * {@code source[from, from + blockSize)}, or the null block.
     */
    int find(int parentBlock, long rootSalt, int[] source, int from) {
        long wanted = hashOf(parentBlock, rootSalt, source, from);
        for (int slot = home(wanted); slots[slot] != BlockPool.NULL_BLOCK; slot = next(slot)) {
            int block = slots[slot];
            if (hash[block] == wanted && isSame(block, parentBlock, rootSalt, source, from)) {
                return block;
            }
        }
        return BlockPool.NULL_BLOCK;
    }

    /** Adds a block; its identity must not be cached yet. */
    void insert(int block, int parentBlock, long rootSalt, int[] source, int from) {
        if (cached[block] || (parentBlock != ROOT && !cached[parentBlock])) {
            throw new IllegalStateException("block " + block + " cannot be cached under " + parentBlock);
        }
        cached[block] = true;
        parent[block] = parentBlock;
        depth[block] = depth[parentBlock] + 1;
        children[parentBlock]++;
        salt[block] = rootSalt;
        hash[block] = hashOf(parentBlock, rootSalt, source, from);
        System.arraycopy(source, from, tokens, block * blockSize, blockSize);
        int slot = home(hash[block]);
        while (slots[slot] != BlockPool.NULL_BLOCK) {
            slot = next(slot);
        }
        slots[slot] = block;
        size++;
    }

    /** Forgets a cached leaf. */
    void remove(int block) {
        if (!cached[block] || children[block] != 0) {
            throw new IllegalStateException("block " + block + " with " + children[block]
                    + " children is not a cached leaf");
        }
        cached[block] = false;
        children[parent[block]]--;
        size--;
        int slot = home(hash[block]);
        while (slots[slot] != block) {
            slot = next(slot);
        }
        closeGap(slot);
    }

    /** Moves later entries of the probe run back over the gap, so that no lookup stops short of its entry. */
    private void closeGap(int emptied) {
        int gap = emptied;
        for (int slot = next(gap); slots[slot] != BlockPool.NULL_BLOCK; slot = next(slot)) {
            int home = home(hash[slots[slot]]);
            if (distance(home, slot) >= distance(gap, slot)) {
                slots[gap] = slots[slot];
                gap = slot;
            }
        }
        slots[gap] = BlockPool.NULL_BLOCK;
    }

    private long hashOf(int parentBlock, long rootSalt, int[] source, int from) {
        long before = parentBlock == ROOT ? blockHash.root(rootSalt) : hash[parentBlock];
        return blockHash.chain(before, source, from, from + blockSize);
    }

    private boolean isSame(int block, int parentBlock, long rootSalt, int[] source, int from) {
        int at = block * blockSize;
        return parent[block] == parentBlock && salt[block] == rootSalt
                && Arrays.equals(tokens, at, at + blockSize, source, from, from + blockSize);
    }

    private int home(long blockHashValue) { return (int) blockHashValue & (slots.length - 1); }

    private int next(int slot) { return (slot + 1) & (slots.length - 1); }

    /** Steps of a probe from one slot to the other. */
    private int distance(int from, int to) {
        return (to - from) & (slots.length - 1);
    }

    /** Checks I4 to I7. */
    void checkInvariants() {
        int[] counted = new int[children.length];
        int count = 0;
        for (int block = 1; block < cached.length; block++) {
            if (cached[block]) {
                count++;
                counted[parent[block]]++;
                InvariantViolation.require(parent[block] == ROOT || cached[parent[block]],
                        "I4: the parent of a cached block is cached", block, parent[block]);
                int found = find(parent[block], salt[block], tokens, block * blockSize);
                InvariantViolation.require(found == block, "I6: a block's identity finds the block", block,
                        found);
            }
        }
        for (int block = 0; block < counted.length; block++) {
            InvariantViolation.require(counted[block] == children[block], "I5: child counts are right", block,
                    counted[block], children[block]);
        }
        int filled = 0;
        for (int block : slots) {
            filled += block == BlockPool.NULL_BLOCK ? 0 : 1;
        }
        InvariantViolation.require(count == size && filled == size,
                "I7: the table holds each cached block once", count,
                filled, size);
    }
}
