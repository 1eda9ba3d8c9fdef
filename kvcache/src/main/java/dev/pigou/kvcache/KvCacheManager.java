package dev.pigou.kvcache;

import java.util.List;

/**
 * The KV memory as the scheduler sees it: sequences get blocks for their tokens, and prefixes that were
 * computed once are shared. Counts blocks only; what is in them is the device's matter.
 *
 * <p>Who owns which positions of a sequence, B being the block size (half-open ranges):
 *
 * <pre>
 *  0                  committed * B         computed           size * B
 *  |------------------|---------------------|------------------|
 *    in the prefix      own, computed,        own, reserved:
 *    tree: full,        not yet a full        the step that is
 *    shared, never      block (less than      planned writes here
 *    written again      B positions)
 *  </pre>
 *
 * <p>{@link #admit} makes the first range from the cache and the last one from free blocks, {@link #reserve}
 * makes the last one longer, {@link #commit} moves the first border as blocks become full, and {@link
 * #release} gives everything back. With prefix caching off the first range is always empty.
 *
 * <p>Allocates nothing once constructed, but for a tenant's first block. Owned by one thread.
 *
 * <ul>
 * <li>I8: each block is free, retained (idle and in the tree) or held, and the three counts add up to all
 * blocks.
 * <li>I9: a block has as many references as there are tables that list it.
 * <li>I10: a table's committed blocks form a path of the tree from the root; its other blocks are not in the
 * tree and are listed by this table alone.
 * </ul>
 */
public final class KvCacheManager {
    private static final PrefillCost ONE_CREDIT_A_BLOCK = PrefillCost.linear(1, 0);

    private final int blockSize;
    private final boolean prefixCaching;
    private final BlockPool pool;
    private final PrefixTree tree;
    private final LeasedRetention retention;
    private final ReuseLedger ledger;
    private final RentMeter rent;
    private int retainedCount;
    private long queriedTokens;
    private long hitTokens;

    /**
     * @param blocks usable blocks; their ids on the device are 1 to {@code blocks}, and block 0 is the null
     *     block
     * @param blockSize tokens in one block
     * @param prefixCaching false computes every prompt in full
     */
    public KvCacheManager(int blocks, int blockSize, boolean prefixCaching, RetentionPolicy retention) {
        this(blocks, blockSize, prefixCaching, retention, ONE_CREDIT_A_BLOCK);
    }

    /** @param cost what the {@link #ledger} reckons with */
    public KvCacheManager(int blocks, int blockSize, boolean prefixCaching, RetentionPolicy retention,
            PrefillCost cost) {
        this(blocks, blockSize, prefixCaching, retention, cost, BlockHash.MIXING);
    }

    KvCacheManager(int blocks, int blockSize, boolean prefixCaching, RetentionPolicy retention,
            PrefillCost cost, BlockHash blockHash) {
        if (blockSize < 1) {
            throw new IllegalArgumentException(
                    "the block size must be at least 1 token, but is " + blockSize);
        }
        this.blockSize = blockSize;
        this.prefixCaching = prefixCaching;
        rent = new RentMeter(blocks);
        this.retention = new LeasedRetention(blocks, retention, rent);
        ledger = new ReuseLedger(blocks, cost);
        pool = new BlockPool(blocks);
        tree = new PrefixTree(blocks, blockSize, blockHash);
        retention.watch(tree);
    }

    /**
     * Gives an empty table the longest cached prefix of its tokens and blocks for the rest, or changes
     * nothing.
     *
     * @param tokens the sequence's tokens
     * @param reusableTokens how many of them may come from the cache; below the sequence's length, since the
     *     last token has to be computed for the one after it
     * @param neededTokens positions the table must have room for
     * @return false if free and retained blocks do not suffice
     */
    public boolean admit(BlockTable table, int[] tokens, int reusableTokens, int neededTokens,
            long nowNanos) {
        if (table.size() != 0) {
            throw new IllegalStateException("the table to admit already holds " + table.size() + " blocks");
        }
        int retainedHits = match(table, tokens, reusableTokens);
        int matched = table.size();
        if (blocksFor(neededTokens) - matched > availableBlocks() - retainedHits) {
            table.truncate(0);
            return false;
        }
        for (int i = 0; i < matched; i++) {
            int block = table.block(i);
            hold(table, i, nowNanos);
            retention.reused(block, nowNanos);
            ledger.found(block, i + 1, table.tenant(), table.value());
            table.commitNext();
        }
        if (prefixCaching) {
            ledger.asked(reusableTokens / blockSize, table.value());
            queriedTokens += reusableTokens;
            hitTokens += (long) matched * blockSize;
        }
        grow(table, blocksFor(neededTokens), nowNanos);
        return true;
    }

    /**
     * Lists the cached prefix in the table without holding it. Returns how many of its blocks are retained.
     */
    private int match(BlockTable table, int[] tokens, int reusableTokens) {
        int retainedHits = 0;
        int parent = BlockPool.NULL_BLOCK;
        int full = prefixCaching ? reusableTokens / blockSize : 0;
        for (int i = 0; i < full; i++) {
            int block = tree.find(parent, table.salt(), tokens, i * blockSize);
            if (block == BlockPool.NULL_BLOCK) {
                break;
            }
            table.append(block);
            retainedHits += pool.references(block) == 0 ? 1 : 0;
            parent = block;
        }
        return retainedHits;
    }

    /**
     * Tokens that {@link #admit} would find in the cache now. Leaves no trace: neither in the counts nor with the retention.
     *
     * @param reusableTokens how many of them may come from the cache
     */
    public int cachedTokens(long salt, int[] tokens, int reusableTokens) {
        int full = prefixCaching ? reusableTokens / blockSize : 0;
        int parent = BlockPool.NULL_BLOCK;
        for (int i = 0; i < full; i++) {
            parent = tree.find(parent, salt, tokens, i * blockSize);
            if (parent == BlockPool.NULL_BLOCK) {
                return i * blockSize;
            }
        }
        return full * blockSize;
    }

    /**
     * Makes room for {@code tokens} positions in all, from free blocks first and evicted ones then, or
     * changes nothing and returns false.
     */
    public boolean reserve(BlockTable table, int tokens, long nowNanos) {
        int wanted = blocksFor(tokens);
        if (wanted - table.size() > availableBlocks()) {
            return false;
        }
        grow(table, wanted, nowNanos);
        return true;
    }

    /**
     * The positions [0, computedTokens) are computed: those of their blocks that have become full enter the
     * prefix tree. Where an equal block is cached already the table takes that one and gives its own back.
     */
    public void commit(BlockTable table, int[] tokens, int computedTokens, long nowNanos) {
        if (!prefixCaching) {
            return;
        }
        for (int i = table.committed(); (i + 1) * blockSize <= computedTokens; i++) {
            int own = table.block(i);
            int parent = i == 0 ? BlockPool.NULL_BLOCK : table.block(i - 1);
            int cached = tree.find(parent, table.salt(), tokens, i * blockSize);
            if (cached == BlockPool.NULL_BLOCK) {
                tree.insert(own, parent, table.salt(), tokens, i * blockSize);
                retention.cached(own, nowNanos);
                ledger.written(own, table.tenant(), table.value());
            } else {
                drop(table, i);
                pool.free(own);
                table.replace(i, cached);
                hold(table, i, nowNanos);
            }
            table.commitNext();
        }
    }

    /** A new table that shares this one's committed blocks. */
    public BlockTable fork(BlockTable table, long nowNanos) {
        BlockTable copy = new BlockTable(table.salt(), table.tenant(), table.value());
        for (int i = 0; i < table.committed(); i++) {
            copy.append(table.block(i));
            hold(copy, i, nowNanos);
            copy.commitNext();
        }
        return copy;
    }

    /**
     * Keeps the table's committed blocks when nobody holds them any more, for rent, until {@link #end}: they are evicted when
     * nothing else is left, those first whose leases are to end first. Allocates the lease.
     *
     * @param tokens beginning of the sequence; of its blocks those are leased that are full
     * @param untilNanos when it is to end
     */
    public Lease lease(BlockTable table, int tokens, long untilNanos) {
        return retention.lease(table, Math.min(table.committed(), tokens / blockSize), untilNanos);
    }

    /** From now on the lease keeps nothing and pays nothing. Does nothing if it is over already. */
    public void end(Lease lease, long nowNanos) {
        retention.end(lease, nowNanos);
    }

    /** Gives all blocks back, tail first; those in the prefix tree are retained unless others hold them. */
    public void release(BlockTable table, long nowNanos) {
        for (int i = table.size() - 1; i >= 0; i--) {
            int block = table.block(i);
            if (drop(table, i) == 0) {
                if (tree.contains(block)) {
                    retainedCount++;
                    retention.retained(block, nowNanos);
                } else {
                    pool.free(block);
                }
            }
        }
        table.truncate(0);
    }

    /**
     * Gives all blocks back because what was computed in them is not to be trusted: no later prompt finds them,
     * nor what was cached after them. Only blocks that other tables hold stay; if those are bad too, their
     * holders will notice and discard them in their turn.
     */
    public void discard(BlockTable table, long nowNanos) {
        for (int i = table.size() - 1; i >= 0; i--) {
            int block = table.block(i);
            if (pool.references(block) == 1 && tree.contains(block)) {
                forgetBelow(block, nowNanos);
                leaveTree(block);
            }
        }
        release(table, nowNanos);
    }

    /** Frees what is cached below a block that one table holds alone: all of it is retained. */
    private void forgetBelow(int block, long nowNanos) {
        while (!tree.isLeaf(block)) {
            int leaf = tree.firstChild(block);
            while (!tree.isLeaf(leaf)) {
                leaf = tree.firstChild(leaf);
            }
            retention.discarded(leaf, nowNanos);
            forget(leaf);
        }
    }

    private void forget(int retainedLeaf) {
        retainedCount--;
        leaveTree(retainedLeaf);
        pool.free(retainedLeaf);
    }

    private void leaveTree(int leaf) {
        tree.remove(leaf);
        ledger.forgotten(leaf);
    }

    private void grow(BlockTable table, int wanted, long nowNanos) {
        table.ensureCapacity(wanted);
        while (table.size() < wanted) {
            if (pool.freeCount() == 0) {
                forget(retention.victim(nowNanos));
            }
            int block = pool.allocate();
            rent.begin(block);
            table.append(block);
            table.rentFrom(table.size() - 1, rent.owedPerHolder(block));
        }
    }

    /** The table becomes a holder of the cached block it lists at {@code i}. */
    private void hold(BlockTable table, int i, long nowNanos) {
        int block = table.block(i);
        if (pool.references(block) == 0) {
            retainedCount--;
            retention.taken(block, nowNanos);
            rent.begin(block);
        } else {
            rent.settle(block, pool.references(block));
        }
        pool.hold(block);
        table.rentFrom(i, rent.owedPerHolder(block));
    }

    /** The table stops being a holder of its block {@code i}, and pays for it. Returns how many holders are left. */
    private int drop(BlockTable table, int i) {
        int block = table.block(i);
        int holders = pool.references(block);
        if (holders > 0) {
            rent.settle(block, holders);
        }
        int left = pool.drop(block);
        table.pay(rent.owedPerHolder(block) - table.rentFrom(i) + (left == 0 ? rent.undivided(block) : 0));
        return left;
    }

    /**
     * Lets time pass at a price: every held block costs so much since the last call, split among its holders, and every
     * leased one that nobody holds costs its lease as much. Exact in integers: the rents of all tables and leases add up to
     * {@link #pricedPico}.
     *
     * @param nanocreditsPerBlockSecond at least 0
     */
    public void chargeRent(long nanocreditsPerBlockSecond, long nowNanos) {
        rent.advance(nanocreditsPerBlockSecond, usedBlocks() + retention.withheldCount(), nowNanos);
    }

    /** Picocredits (1e-12) that a table has cost its owner so far. Takes time in proportion to its blocks. */
    public long rentPico(BlockTable table) {
        long owed = table.paidPico();
        for (int i = 0; i < table.size(); i++) {
            int block = table.block(i);
            rent.settle(block, pool.references(block));
            owed += rent.owedPerHolder(block) - table.rentFrom(i);
        }
        return owed;
    }

    /** Picocredits that a lease has cost so far. */
    public long rentPico(Lease lease) {
        return lease.owedPico(rent.integral());
    }

    /** The sum over time of price times held and rented blocks, in picocredits. */
    public long pricedPico() {
        return rent.pricedPico();
    }

    /** True if the block is in the prefix tree. */
    boolean isCached(int block) {
        return tree.contains(block);
    }

    /** Blocks that hold {@code tokens} positions. */
    public int blocksFor(int tokens) {
        return (int) (((long) tokens + blockSize - 1) / blockSize);
    }

    public int blockSize() { return blockSize; }

    public boolean prefixCaching() { return prefixCaching; }

    public int totalBlocks() { return pool.blocks(); }

    /** Blocks with nothing in them. */
    public int freeBlocks() { return pool.freeCount(); }

    /** Blocks that nobody holds, kept for the prefix in them; evicted when memory is short. */
    public int cachedBlocks() {
        return retainedCount;
    }

    /** Blocks that sequences hold. */
    public int usedBlocks() { return totalBlocks() - availableBlocks(); }

    /** Blocks that can be had: free and retained. */
    public int availableBlocks() {
        return pool.freeCount() + retainedCount;
    }

    /** Positions that all blocks together have room for. */
    public long capacityTokens() {
        return (long) totalBlocks() * blockSize;
    }

    /** Tokens looked up in the cache since the start; a sequence that is admitted again counts again. */
    public long queriedTokens() {
        return queriedTokens;
    }

    /** Tokens found in the cache since the start. */
    public long hitTokens() { return hitTokens; }

    /** Who wrote what, who found it, and what that saved. */
    public ReuseLedger ledger() { return ledger; }

    /**
     * Checks I1 to I10, I21, and those of the retention policy.
     *
     * @param tables all tables that may hold blocks
     */
    public void checkInvariants(List<BlockTable> tables) {
        pool.checkInvariants();
        tree.checkInvariants();
        retention.checkInvariants(retainedCount);
        ledger.checkInvariants(tree);
        int[] listed = new int[totalBlocks() + 1];
        for (BlockTable table : tables) {
            for (int i = 0; i < table.size(); i++) {
                listed[table.block(i)]++;
            }
            checkPath(table);
        }
        int held = 0;
        int retained = 0;
        for (int block = 1; block < listed.length; block++) {
            InvariantViolation.require(listed[block] == pool.references(block),
                    "I9: a block has as many references as tables list it", block, pool.references(block),
                    listed[block]);
            held += listed[block] > 0 ? 1 : 0;
            boolean idle = listed[block] == 0 && !pool.isFree(block);
            InvariantViolation.require(!idle || tree.contains(block), "I8: an idle block is in the tree",
                    block);
            InvariantViolation.require(!pool.isFree(block) || !tree.contains(block),
                    "I8: a free block is not in the tree", block);
            retained += idle ? 1 : 0;
        }
        InvariantViolation.require(retained == retainedCount && held == usedBlocks(),
                "I8: free, retained and held blocks add up", freeBlocks(), retained, held, totalBlocks());
    }

    private void checkPath(BlockTable table) {
        int parent = BlockPool.NULL_BLOCK;
        for (int i = 0; i < table.size(); i++) {
            int block = table.block(i);
            if (i < table.committed()) {
                InvariantViolation.require(tree.contains(block) && tree.parent(block) == parent,
                        "I10: committed blocks form a path of the tree", i, block, parent);
            } else {
                InvariantViolation.require(!tree.contains(block) && pool.references(block) == 1,
                        "I10: other blocks belong to one table alone", i, block, pool.references(block));
            }
            parent = block;
        }
    }
}
