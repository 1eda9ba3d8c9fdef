package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.kvcache.BlockTable;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What it costs to give a sequence of {@value #TOKENS} tokens its blocks and to take them back, away from the prefix
 * cache but for {@link #forkAndRelease}. An operation is all {@value #BLOCKS} blocks.
 */
public class BlockTableBenchmark extends CountedBenchmark {
    private static final int BLOCK_SIZE = 16;
    private static final int BLOCKS = 16;
    private static final int TOKENS = BLOCKS * BLOCK_SIZE;
    private static final int POOL_BLOCKS = 1 << 16;

    private final int[] prompt = new int[TOKENS];
    private final BlockTable table = new BlockTable(0);
    private final BlockTable committed = new BlockTable(0);
    private final KvCacheManager plain = manager(false);
    private final KvCacheManager caching = manager(true);

    private static KvCacheManager manager(boolean prefixCaching) {
        return new KvCacheManager(POOL_BLOCKS, BLOCK_SIZE, prefixCaching, new LruRetention(POOL_BLOCKS));
    }

    @Setup
    public void commitOne() {
        caching.admit(committed, prompt, 0, TOKENS, 0);
        caching.commit(committed, prompt, TOKENS, 0);
    }

    /** All blocks at once, as for a prompt. */
    @Benchmark
    public boolean admitAndRelease() {
        boolean admitted = plain.admit(table, prompt, 0, TOKENS, 0);
        plain.release(table, 0);
        return admitted;
    }

    /** A token at a time, as in decoding. */
    @Benchmark
    public boolean reserveAndRelease() {
        boolean reserved = true;
        for (int tokens = 1; tokens <= TOKENS; tokens++) {
            reserved &= plain.reserve(table, tokens, 0);
        }
        plain.release(table, 0);
        return reserved;
    }

    /** A second holder of committed blocks comes and goes. */
    @Benchmark
    public BlockTable forkAndRelease() {
        BlockTable fork = caching.fork(committed, 0);
        caching.release(fork, 0);
        return fork;
    }
}
