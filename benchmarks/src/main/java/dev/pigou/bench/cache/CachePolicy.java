package dev.pigou.bench.cache;

import dev.pigou.kvcache.GdsfRetention;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.PrefillCost;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.kvcache.SlruRetention;
import dev.pigou.kvcache.TailLruRetention;
import dev.pigou.kvcache.YieldRetention;
import dev.pigou.scheduler.price.CachedBlock;
import java.util.Locale;

/** What is compared. The order is that of the report, and the first is what the others are compared with. */
public enum CachePolicy {
    LRU, SLRU, TLRU, GDSF, PRICE, BELADY;

    /** What a next turn may have to compute over again, under {@link #TLRU}. */
    private static final int TAIL_BUDGET_TOKENS = 4096;

    RetentionPolicy retention(int blocks, int blockTokens, PrefillCost cost) {
        return switch (this) {
            case LRU -> new LruRetention(blocks);
            case SLRU -> new SlruRetention(blocks);
            case TLRU -> new TailLruRetention(blocks, TAIL_BUDGET_TOKENS / blockTokens);
            case GDSF -> new GdsfRetention(blocks, cost);
            case PRICE -> new YieldRetention(blocks, cost, CachedBlock::worthPerSecond);
            case BELADY -> new BeladyRetention(blocks);
        };
    }

    @Override
    public String toString() { return name().toLowerCase(Locale.ROOT); }
}
