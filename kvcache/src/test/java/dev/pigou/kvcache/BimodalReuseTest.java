package dev.pigou.kvcache;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.pigou.kvcache.RetentionScript.prompt;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Some prompts come back about each minute, and between two of their visits more one-off prompts pass by than the cache
 * holds. By age alone the one-off prompts always win.
 */
final class BimodalReuseTest {
    private static final int BLOCKS = 600;
    private static final int MINUTES = 20;
    private static final int REGULARS = 12;
    private static final int PROMPT_BLOCKS = 10;
    private static final int ONE_OFFS_PER_SECOND = 3;
    private static final PrefillCost FLAT = PrefillCost.linear(1, 0);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.pigou.kvcache.Seeds#fewest")
    void whatComesBackIsKeptThoughNewerBlocksPassBy(long seed) {
        double lru = hitRate(new LruRetention(BLOCKS), seed);
        double yield = hitRate(new YieldRetention(BLOCKS, FLAT, Policies.SAVED), seed);
        double forgetful = hitRate(new YieldRetention(BLOCKS, FLAT, Policies.SAVED, 1), seed);
        assertThat(yield).as("of all visits of regulars").isGreaterThan(0.6).isGreaterThan(5 * lru);
        assertThat(forgetful).as("without ghosts nothing is ever seen to come back").isLessThan(yield / 3);
    }

    private static double hitRate(RetentionPolicy policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RetentionScript script = new RetentionScript(BLOCKS, policy);
        int name = REGULARS;
        long found = 0;
        for (int minute = 0; minute < MINUTES; minute++) {
            for (int second = 0; second < 60; second++) {
                for (int i = 0; i < ONE_OFFS_PER_SECOND; i++) {
                    script.run(prompt(name++, PROMPT_BLOCKS));
                }
                if (second % (60 / REGULARS) == 0) {
                    found += script.run(prompt(second * REGULARS / 60, PROMPT_BLOCKS));
                }
                script.pass(0.5 + random.nextDouble());
            }
        }
        return (double) found / (MINUTES * REGULARS * PROMPT_BLOCKS);
    }
}
