package dev.pigou.kvcache;

import java.util.Arrays;

/**
 * The cached blocks, found by what is in them. A block's identity is its parent (or, at the root, its salt)
 * and its tokens; the chained hash only says where to look. A hit compares the identity, so that a collision
 * costs time but never hands out the KV of another prompt.
 *
 * <p>Struct of arrays by block id, and a {@link HashIndex}; everything is allocated by the constructor. Owned by one thread.
 *
 * <ul>
 * <li>I4: the parent of a cached block is cached, or the block is at the root.
 * <li>I5: the child list of a block names each cached block whose parent it is, once.
 * <li>I6: looking up a cached block's identity finds that block, so no two cached blocks have the same
 * identity.
 * <li>I7: the index holds each cached block once and nothing else.
 * </ul>
 */
final class PrefixTree implements PrefixView {
    private static final int NONE = BlockPool.NULL_BLOCK;
    private static final int ROOT = BlockPool.NULL_BLOCK;

    private final BlockHash blockHash;
    private final int blockSize;

    private final boolean[] cached;
    private final int[] parent;
    private final int[] depth;
    /** Children form a list; the null block ends it, and heads the list of the blocks at the root. */
    private final int[] firstChild;
    private final int[] nextSibling;
    private final int[] previousSibling;
    private final long[] salt;
    /** Tokens of block b at [b * blockSize, (b + 1) * blockSize). */
    private final int[] tokens;

    private final HashIndex index;

    PrefixTree(int blocks, int blockSize, BlockHash blockHash) {
        this.blockHash = blockHash;
        this.blockSize = blockSize;
        cached = new boolean[blocks + 1];
        parent = new int[blocks + 1];
        depth = new int[blocks + 1];
        firstChild = new int[blocks + 1];
        nextSibling = new int[blocks + 1];
        previousSibling = new int[blocks + 1];
        salt = new long[blocks + 1];
        tokens = new int[Math.multiplyExact(blocks + 1, blockSize)];
        index = new HashIndex(blocks);
    }

    /** Cached blocks. */
    int size() { return index.size(); }

    boolean contains(int block) { return cached[block]; }

    @Override
    public int parent(int block) { return parent[block]; }

    @Override
    public boolean isLeaf(int block) { return firstChild[block] == NONE; }

    @Override
    public int firstChild(int block) { return firstChild[block]; }

    @Override
    public int nextSibling(int block) { return nextSibling[block]; }

    @Override
    public int depth(int block) { return depth[block]; }

    @Override
    public long hash(int block) { return index.hash(block); }

    /**
     * The cached block that continues {@code parentBlock} (the null block: that begins a prompt of {@code
     * rootSalt}) with {@code source[from, from + blockSize)}, or the null block.
     */
    int find(int parentBlock, long rootSalt, int[] source, int from) {
        long wanted = hashOf(parentBlock, rootSalt, source, from);
        for (int slot = index.home(wanted); index.at(slot) != NONE; slot = index.next(slot)) {
            int block = index.at(slot);
            if (index.hash(block) == wanted && isSame(block, parentBlock, rootSalt, source, from)) {
                return block;
            }
        }
        return NONE;
    }

    /** Adds a block; its identity must not be cached yet. */
    void insert(int block, int parentBlock, long rootSalt, int[] source, int from) {
        if (cached[block] || (parentBlock != ROOT && !cached[parentBlock])) {
            throw new IllegalStateException("block " + block + " cannot be cached under " + parentBlock);
        }
        cached[block] = true;
        parent[block] = parentBlock;
        depth[block] = depth[parentBlock] + 1;
        linkChild(parentBlock, block);
        salt[block] = rootSalt;
        System.arraycopy(source, from, tokens, block * blockSize, blockSize);
        index.add(block, hashOf(parentBlock, rootSalt, source, from));
    }

    /** Forgets a cached leaf. */
    void remove(int block) {
        if (!cached[block] || !isLeaf(block)) {
            throw new IllegalStateException("block " + block + " is not a cached leaf");
        }
        cached[block] = false;
        unlinkChild(parent[block], block);
        index.remove(block);
    }

    private void linkChild(int parentBlock, int block) {
        int sibling = firstChild[parentBlock];
        firstChild[parentBlock] = block;
        nextSibling[block] = sibling;
        previousSibling[block] = NONE;
        if (sibling != NONE) {
            previousSibling[sibling] = block;
        }
    }

    private void unlinkChild(int parentBlock, int block) {
        int before = previousSibling[block];
        int after = nextSibling[block];
        if (before == NONE) {
            firstChild[parentBlock] = after;
        } else {
            nextSibling[before] = after;
        }
        if (after != NONE) {
            previousSibling[after] = before;
        }
    }

    private long hashOf(int parentBlock, long rootSalt, int[] source, int from) {
        long before = parentBlock == ROOT ? blockHash.root(rootSalt) : index.hash(parentBlock);
        return blockHash.chain(before, source, from, from + blockSize);
    }

    private boolean isSame(int block, int parentBlock, long rootSalt, int[] source, int from) {
        int at = block * blockSize;
        return parent[block] == parentBlock && salt[block] == rootSalt
                && Arrays.equals(tokens, at, at + blockSize, source, from, from + blockSize);
    }

    /** Checks I4 to I7. */
    void checkInvariants() {
        int count = 0;
        int listedChildren = 0;
        for (int block = 0; block < cached.length; block++) {
            if (cached[block]) {
                count++;
                InvariantViolation.require(parent[block] == ROOT || cached[parent[block]],
                        "I4: the parent of a cached block is cached", block, parent[block]);
                int found = find(parent[block], salt[block], tokens, block * blockSize);
                InvariantViolation.require(found == block, "I6: a block's identity finds the block", block,
                        found);
            }
            listedChildren += countChildren(block);
        }
        InvariantViolation.require(listedChildren == count, "I5: each cached block is in one child list",
                listedChildren, count);
        InvariantViolation.require(count == size() && index.count() == size(),
                "I7: the index holds each cached block once", count, index.count(), size());
    }

    private int countChildren(int block) {
        int count = 0;
        for (int child = firstChild[block]; child != NONE; child = nextSibling[child]) {
            InvariantViolation.require(cached[child] && parent[child] == block && count++ <= size(),
                    "I5: a child list names cached blocks of this parent", block, child);
        }
        return count;
    }
}
