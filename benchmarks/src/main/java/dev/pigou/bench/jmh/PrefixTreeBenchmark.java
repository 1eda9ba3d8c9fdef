package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.kvcache.BlockTable;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The prefix cache when it holds {@code cachedBlocks}. An operation is one prompt of {@value #BLOCKS} blocks; prompts
 * differ in their first token and so share nothing, and come in an order that no processor cache can follow.
 */
public class PrefixTreeBenchmark extends CountedBenchmark {
    private static final int BLOCK_SIZE = 16;
    private static final int BLOCKS = 16;
    private static final int TOKENS = BLOCKS * BLOCK_SIZE;
    /** Odd, so that multiples of it modulo a power of two visit everything. */
    private static final int STRIDE = 0x9E3779B1;

    @Param({"1024", "131072", "1048576"})
    int cachedBlocks;

    private final int[] prompt = new int[TOKENS];
    private final BlockTable table = new BlockTable(0);
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private KvCacheManager roomy;
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private KvCacheManager full;
    private int visits;
    private int fresh;

    @Setup
    public void fill() {
        full = filled(cachedBlocks);
        roomy = filled(cachedBlocks + BLOCKS);
        fresh = prompts();
    }

    private KvCacheManager filled(int blocks) {
        var manager = new KvCacheManager(blocks, BLOCK_SIZE, true, new LruRetention(blocks));
        for (int i = 0; i < prompts(); i++) {
            prompt[0] = i;
            compute(manager);
            manager.release(table, i);
        }
        return manager;
    }

    private int prompts() { return cachedBlocks / BLOCKS; }

    private void compute(KvCacheManager manager) {
        manager.admit(table, prompt, TOKENS, TOKENS, 0);
        manager.commit(table, prompt, TOKENS, 0);
    }

    /** Finds a cached prompt, holds its blocks and retains them again. */
    @Benchmark
    public long match() {
        prompt[0] = (visits++ * STRIDE) & (prompts() - 1);
        full.admit(table, prompt, TOKENS, TOKENS, 0);
        full.release(table, 0);
        return full.hitTokens();
    }

    /** Puts a new prompt's blocks into the tree, and takes them out again. */
    @Benchmark
    public int insertAndDiscard() {
        prompt[0] = fresh++;
        compute(roomy);
        roomy.discard(table, 0);
        return roomy.freeBlocks();
    }

    /** A new prompt when memory is full: the retention policy names a victim for each of its blocks. */
    @Benchmark
    public int evictAndInsert() {
        prompt[0] = fresh++;
        compute(full);
        full.release(table, 0);
        return full.cachedBlocks();
    }
}
