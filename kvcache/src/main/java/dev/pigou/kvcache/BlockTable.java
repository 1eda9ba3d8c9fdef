package dev.pigou.kvcache;

import java.util.Arrays;

/**
 * The blocks of one sequence, in order of position. Others read it; only {@link KvCacheManager} changes it.
 * Owned by the thread that owns the manager.
 */
public final class BlockTable {
    private static final int FIRST_CAPACITY = 8;

    private final long salt;
    private final int tenant;
    private final double value;
    private int[] blocks = new int[FIRST_CAPACITY];
    /** Where the rent of each block began for this table; see {@link RentMeter#owedPerHolder}. */
    private long[] rentFrom = new long[FIRST_CAPACITY];
    private long paidPico;
    private int size;
    private int committed;

    /** @param salt prefixes are shared only between tables with equal salts */
    public BlockTable(long salt) {
        this(salt, 0, 0);
    }

    /**
     * @param salt prefixes are shared only between tables with equal salts
     * @param tenant index of the tenant whose sequence it is, for the {@link ReuseLedger}
     * @param value credits that the sequence is worth, for the same
     */
    public BlockTable(long salt, int tenant, double value) {
        this.salt = salt;
        this.tenant = tenant;
        this.value = value;
    }

    public long salt() { return salt; }

    public int tenant() { return tenant; }

    public double value() { return value; }

    /** Blocks held. */
    public int size() { return size; }

    /** The id of the block that holds positions [i * blockSize, (i + 1) * blockSize). */
    public int block(int i) {
        if (i >= size) {
            throw new IndexOutOfBoundsException("block " + i + " of a table of " + size);
        }
        return blocks[i];
    }

    /** Leading blocks that are in the prefix tree: full, shared perhaps, and never written again. */
    public int committed() {
        return committed;
    }

    /** Makes room, so that growing to {@code capacity} blocks allocates nothing. */
    public void ensureCapacity(int capacity) {
        if (capacity > blocks.length) {
            int longer = Math.max(capacity, 2 * blocks.length);
            blocks = Arrays.copyOf(blocks, longer);
            rentFrom = Arrays.copyOf(rentFrom, longer);
        }
    }

    void append(int block) {
        ensureCapacity(size + 1);
        blocks[size++] = block;
    }

    void commitNext() { committed++; }

    void replace(int i, int block) { blocks[i] = block; }

    long rentFrom(int i) { return rentFrom[i]; }

    void rentFrom(int i, long owed) { rentFrom[i] = owed; }

    /** Picocredits of rent for blocks given back; {@link KvCacheManager#rentPico} adds those still held. */
    long paidPico() {
        return paidPico;
    }

    void pay(long pico) { paidPico += pico; }

    void truncate(int newSize) {
        size = newSize;
        committed = Math.min(committed, newSize);
    }
}
