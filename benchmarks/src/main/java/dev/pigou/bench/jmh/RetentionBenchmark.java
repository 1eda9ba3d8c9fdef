package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.kvcache.BlockTable;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.PrefillCost;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.kvcache.YieldRetention;
import dev.pigou.scheduler.price.CachedBlock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The default retention policy when {@code cachedBlocks} are retained and memory is full. Time goes on by {@value
 * #PROMPT_NANOS} ns from one operation to the next, so blocks age, uses are learned and yields are set anew as often as in a
 * server under such a load.
 */
public class RetentionBenchmark extends CountedBenchmark {
    private static final int BLOCK_SIZE = 16;
    private static final int BLOCKS = 16;
    private static final int TOKENS = BLOCKS * BLOCK_SIZE;
    private static final long PROMPT_NANOS = 10_000_000;

    @Param({"1024", "131072", "1048576"})
    int cachedBlocks;

    private final int[] prompt = new int[TOKENS];
    private final BlockTable table = new BlockTable(0);
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private YieldRetention retention;
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private KvCacheManager manager;
    private double offered;
    private final RetentionView.Offers sum = (yield, blocks) -> offered += yield * blocks;
    private int prompts;
    private long nowNanos;

    @Setup
    public void fill() {
        retention = new YieldRetention(cachedBlocks, PrefillCost.linear(1e-4, 1e-6),
                CachedBlock::worthPerSecond);
        manager = new KvCacheManager(cachedBlocks, BLOCK_SIZE, true, retention);
        for (int filled = 0; filled < cachedBlocks; filled += BLOCKS) {
            evictAndInsert();
        }
    }

    /** A new prompt: the policy names a victim for each of its {@value #BLOCKS} blocks. */
    @Benchmark
    public int evictAndInsert() {
        nowNanos += PROMPT_NANOS;
        prompt[0] = prompts++;
        manager.admit(table, prompt, TOKENS, TOKENS, nowNanos);
        manager.commit(table, prompt, TOKENS, nowNanos);
        manager.release(table, nowNanos);
        return manager.cachedBlocks();
    }

    /** What an auction asks: all that is retained, by what it earns. */
    @Benchmark
    public double offer() {
        nowNanos += PROMPT_NANOS;
        offered = 0;
        retention.offer(sum, nowNanos);
        return offered;
    }
}
