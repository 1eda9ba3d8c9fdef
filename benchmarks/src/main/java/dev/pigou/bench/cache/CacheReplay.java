package dev.pigou.bench.cache;

import dev.pigou.kvcache.BlockTable;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.RetentionPolicy;

/**
 * Passes each prompt through the server's own cache: what is found is a hit, the rest is computed, and all of it is released
 * at once. A block of the trace is one token here, and a block of the cache holds one. A prompt larger than the cache finds
 * and leaves nothing.
 */
final class CacheReplay {
    private final PromptHistory history;
    private final RetentionPolicy policy;
    private final KvCacheManager cache;
    private long askedBlocks;
    private double askedSeconds;

    private CacheReplay(PromptHistory history, RetentionPolicy policy, int blocks) {
        this.history = history;
        this.policy = policy;
        cache = new KvCacheManager(blocks, 1, true, policy, history.cost());
    }

    static CacheScore score(PromptHistory history, CachePolicy policy, int blocks) {
        return new CacheReplay(history, policy.retention(blocks, history.blockTokens(), history.cost()),
                blocks).run();
    }

    private CacheScore run() {
        for (int request = 0; request < history.requests(); request++) {
            int[] prompt = history.prompt(request);
            askedBlocks += prompt.length;
            for (int depth = 1; depth <= prompt.length; depth++) {
                askedSeconds += history.cost().credits(depth);
            }
            if (prompt.length <= cache.totalBlocks()) {
                pass(request, prompt);
            }
        }
        return new CacheScore((double) cache.hitTokens() / askedBlocks,
                cache.ledger().savedCredits() / askedSeconds);
    }

    private void pass(int request, int[] prompt) {
        long now = history.arrivalNanos(request);
        BlockTable table = new BlockTable(0);
        if (!cache.admit(table, prompt, prompt.length, prompt.length, now)) {
            throw new IllegalStateException(
                    "no room for " + prompt.length + " blocks though nobody holds any");
        }
        cache.commit(table, prompt, prompt.length, now);
        if (policy instanceof BeladyRetention clairvoyant) {
            for (int i = 0; i < table.size(); i++) {
                clairvoyant.foresee(table.block(i), history.nextUse(request, i));
            }
        }
        cache.release(table, now);
    }
}
