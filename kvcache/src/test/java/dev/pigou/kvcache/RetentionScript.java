package dev.pigou.kvcache;

import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Prompts that come and go in a cache of one-token blocks, for tests that ask what is still there. */
final class RetentionScript {
    private static final long SECOND = 1_000_000_000;

    final KvCacheManager cache;
    private long nowNanos;

    RetentionScript(int blocks, RetentionPolicy policy) {
        cache = new KvCacheManager(blocks, 1, true, policy);
    }

    /** A prompt of its own, named by a number. */
    static int[] prompt(int name, int blocks) {
        return IntStream.range(0, blocks).map(i -> 1000 * name + i).toArray();
    }

    long nowNanos() { return nowNanos; }

    void pass(double seconds) { nowNanos += (long) (seconds * SECOND); }

    /** The prompt is looked for, computed where it is not found, and released. Returns the blocks found. */
    int run(int[] prompt) {
        BlockTable table = new BlockTable(0);
        int found = start(table, prompt);
        cache.release(table, nowNanos);
        return found;
    }

    int start(BlockTable table, int[] prompt) {
        assertThat(cache.admit(table, prompt, prompt.length, prompt.length, nowNanos)).isTrue();
        int found = table.committed();
        cache.commit(table, prompt, prompt.length, nowNanos);
        return found;
    }
}
