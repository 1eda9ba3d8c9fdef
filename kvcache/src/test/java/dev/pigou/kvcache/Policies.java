package dev.pigou.kvcache;

import java.util.List;
import java.util.function.IntFunction;

/** Every retention policy, by name, for tests that must hold under each of them. */
record Policies(String name, IntFunction<RetentionPolicy> ofBlocks) {
    static final BlockWorth SAVED = (savedByUse, usesPerSecond) -> savedByUse * usesPerSecond;
    static final PrefillCost DEEP_IS_DEAR = PrefillCost.linear(1, 0.5);

    static List<Policies> all() {
        return List.of(new Policies("lru", LruRetention::new), new Policies("slru", SlruRetention::new),
                new Policies("gdsf", blocks -> new GdsfRetention(blocks, DEEP_IS_DEAR)),
                new Policies("tlru", blocks -> new TailLruRetention(blocks, 2)),
                new Policies("price", blocks -> new YieldRetention(blocks, DEEP_IS_DEAR, SAVED)),
                new Policies("price, forgetful",
                        blocks -> new YieldRetention(blocks, DEEP_IS_DEAR, SAVED, 2)));
    }

    RetentionPolicy of(int blocks) { return ofBlocks.apply(blocks); }

    @Override
    public String toString() { return name; }
}
