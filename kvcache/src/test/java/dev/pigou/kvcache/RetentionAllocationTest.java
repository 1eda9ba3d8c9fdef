package dev.pigou.kvcache;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

final class RetentionAllocationTest {
    private static final int BLOCKS = 200;
    private static final int PROMPTS = 40;
    private static final int ROUNDS = 20;
    private static final int WINDOWS = 5;

    /** A garbage collection in the middle of a step is latency that every running request pays. */
    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void hitsAndEvictionsAllocateNothing(Policies policy) {
        Traffic traffic = new Traffic(policy);
        traffic.run(10 * ROUNDS);
        long least = Long.MAX_VALUE; // the JVM itself may allocate a little when it swaps compiled code in
        for (int window = 0; window < WINDOWS; window++) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            traffic.run(ROUNDS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(traffic.cache.hitTokens()).isPositive();
        assertThat(traffic.seen).isNotNegative();
        assertThat(traffic.cache.cachedBlocks()).isEqualTo(BLOCKS);
        assertThat(least).as("bytes in %d rounds", ROUNDS).isZero();
    }

    /** More prompts than fit, of different lengths and with a common head, over and over. */
    private static final class Traffic {
        final KvCacheManager cache;
        private final BlockTable table = new BlockTable(0);
        private final int[][] prompts = new int[PROMPTS][];
        private final RetentionView view;
        private final RetentionView.Offers taken = (yield, blocks) -> seen(yield * blocks);
        double seen;
        private long nowNanos;

        Traffic(Policies policy) {
            RetentionPolicy retention = policy.of(BLOCKS);
            view = retention instanceof RetentionView offering ? offering : RetentionView.WORTHLESS;
            cache = new KvCacheManager(BLOCKS, 1, true, retention);
            for (int i = 0; i < PROMPTS; i++) {
                prompts[i] = RetentionScript.prompt(i, 5 + i % 7);
                prompts[i][0] = 0;
            }
        }

        void run(int rounds) {
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < PROMPTS; i++) {
                    run(prompts[i * (1 + round % 3) % PROMPTS]);
                }
                seen += view.leastYield(nowNanos);
                view.offer(taken, nowNanos);
            }
        }

        private void seen(double creditsPerSecond) { seen += creditsPerSecond; }

        private void run(int[] prompt) {
            nowNanos += 700_000_000;
            cache.admit(table, prompt, prompt.length, prompt.length, nowNanos);
            cache.commit(table, prompt, prompt.length, nowNanos);
            cache.release(table, nowNanos);
        }
    }
}
