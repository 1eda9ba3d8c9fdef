package dev.pigou.kvcache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where cached blocks come from and what they were good for: who wrote each, at what value, how often it was found and by
 * whom; the same by who wrote them; and in all, how much prefill was saved, and for requests of which value. Written by {@link
 * KvCacheManager}, read by its thread. Allocates nothing once made, but for a tenant's first block.
 *
 * <p>What is said of a block holds as long as it is cached. Requests are sorted by value into {@link #VALUE_CLASSES} decades.
 *
 * <ul>
 * <li>I21: of each tenant as many blocks are counted as cached, and as much worth, as the blocks in the tree have it for their
 * writer.
 * </ul>
 */
public final class ReuseLedger {
    /** Class 0 is of requests worth nothing; class {@code c} of those worth less than 10^(c - 4) and not less than a tenth. */
    public static final int VALUE_CLASSES = 10;

    private static final int DECADE_OF_ONE = 5;
    private static final WrittenBlocks NOTHING = new WrittenBlocks();

    private final PrefillCost cost;
    private final int[] writer;
    private final float[] writtenValue;
    private final int[] hits;
    private final int[] foreignHits;
    private final int[] lastReader;
    /** By tenant; null of those that wrote nothing. */
    private @Nullable WrittenBlocks[] byWriter = {};
    private final long[] askedBlocks = new long[VALUE_CLASSES];
    private final long[] foundBlocks = new long[VALUE_CLASSES];
    private long writtenBlocks;
    private long foreignBlocks;
    private double savedCredits;

    ReuseLedger(int blocks, PrefillCost cost) {
        this.cost = cost;
        writer = new int[blocks + 1];
        writtenValue = new float[blocks + 1];
        hits = new int[blocks + 1];
        foreignHits = new int[blocks + 1];
        lastReader = new int[blocks + 1];
    }

    void written(int block, int tenant, double value) {
        writer[block] = tenant;
        writtenValue[block] = (float) value;
        hits[block] = 0;
        foreignHits[block] = 0;
        lastReader[block] = tenant;
        writtenBlocks++;
        writtenBlocks(tenant).entered(writtenValue[block]);
    }

    private WrittenBlocks writtenBlocks(int tenant) {
        if (tenant >= byWriter.length) {
            byWriter = Arrays.copyOf(byWriter, Math.max(tenant + 1, 2 * byWriter.length));
        }
        WrittenBlocks its = byWriter[tenant];
        if (its == null) {
            its = new WrittenBlocks();
            byWriter[tenant] = its;
        }
        return its;
    }

    /** The block leaves the cache. */
    void forgotten(int block) {
        writtenBlocks(writer[block]).left(writtenValue[block]);
    }

    /** A request worth {@code value} looks for so many blocks. */
    void asked(int blocks, double value) {
        askedBlocks[valueClass(value)] += blocks;
    }

    /** It finds this one of them. */
    void found(int block, int depth, int tenant, double value) {
        hits[block]++;
        lastReader[block] = tenant;
        foundBlocks[valueClass(value)]++;
        double saved = cost.credits(depth);
        savedCredits += saved;
        boolean foreign = tenant != writer[block];
        writtenBlocks(writer[block]).found(foreign, saved);
        if (foreign) {
            foreignHits[block]++;
            foreignBlocks++;
        }
    }

    /** Index of the tenant whose request computed the block. */
    public int writer(int block) {
        return writer[block];
    }

    /** Credits that the writer's request was worth, rounded. */
    public double writtenValue(int block) {
        return writtenValue[block];
    }

    /** How often requests found the block. */
    public int hits(int block) { return hits[block]; }

    /** How many of the {@link #hits} were requests of other tenants than the writer. */
    public int foreignHits(int block) {
        return foreignHits[block];
    }

    /** Index of the tenant whose request found the block last; the writer, if none did. */
    public int lastReader(int block) {
        return lastReader[block];
    }

    /** What this tenant has written. Later calls may give another object until it has written something. */
    public WrittenBlocks writtenBy(int tenant) {
        WrittenBlocks its = tenant < byWriter.length ? byWriter[tenant] : null;
        return its == null ? NOTHING : its;
    }

    /** Blocks that entered the cache since the start. */
    public long writtenBlocks() { return writtenBlocks; }

    /** Blocks found that another tenant had written, since the start. */
    public long foreignBlocks() {
        return foreignBlocks;
    }

    /** Credits that the prefill of all blocks found would have cost when they were found. */
    public double savedCredits() {
        return savedCredits;
    }

    /** Checks I21. */
    void checkInvariants(PrefixTree tree) {
        int[] cached = new int[byWriter.length];
        double[] values = new double[byWriter.length];
        for (int block = 1; block < writer.length; block++) {
            if (tree.contains(block)) {
                cached[writer[block]]++;
                values[writer[block]] += writtenValue[block];
            }
        }
        for (int tenant = 0; tenant < cached.length; tenant++) {
            WrittenBlocks its = writtenBy(tenant);
            InvariantViolation.require(its.cached() == cached[tenant],
                    "I21: the cached blocks of a tenant are counted", tenant, its.cached(), cached[tenant]);
            InvariantViolation.require(
                    Math.abs(its.cachedValue() - values[tenant]) <= 1e-6 * (1 + values[tenant]),
                    "I21: and what they were worth is summed", tenant);
        }
    }

    /** The class of requests of this value. */
    public static int valueClass(double credits) {
        if (!(credits > 0)) {
            return 0;
        }
        double decade = Math.floor(Math.log10(credits)) + DECADE_OF_ONE;
        return (int) Math.clamp(decade, 1, VALUE_CLASSES - 1);
    }

    /** Blocks that requests of this value looked for. */
    public long askedBlocks(int valueClass) {
        return askedBlocks[valueClass];
    }

    /** Blocks that requests of this value found. */
    public long foundBlocks(int valueClass) {
        return foundBlocks[valueClass];
    }
}
