package dev.pigou.bench.cache;

import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

final class CacheReplayTest {
    private static final int BLOCK_TOKENS = 512;

    @ParameterizedTest
    @EnumSource
    void withRoomForAllWhatRecursIsFound(CachePolicy policy) {
        PromptHistory history = history(row(0, 1, 2, 3), row(1, 1, 2, 4), row(2, 1, 2, 3, 5));
        assertThat(history.distinctBlocks()).isEqualTo(5);
        CacheScore score = CacheReplay.score(history, policy, 5);
        assertThat(score.blockHitRate()).isEqualTo(5 / 10.0, offset(1e-12));
        assertThat(score.savedShare()).as("the deep blocks cost more, and are the missing ones")
                .isLessThan(0.5).isGreaterThan(0.45);
    }

    @Test
    void whoKnowsTheFutureKeepsWhatIsNeededFirst() {
        PromptHistory history = history(row(0, 1), row(1, 2), row(2, 3), row(3, 1), row(4, 2));
        assertThat(CacheReplay.score(history, CachePolicy.LRU, 2).blockHitRate()).isZero();
        assertThat(CacheReplay.score(history, CachePolicy.BELADY, 2).blockHitRate()).isEqualTo(0.2,
                offset(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void aPromptLargerThanTheCacheIsAMiss(CachePolicy policy) {
        PromptHistory history = history(row(0, 1, 2, 3), row(1, 1, 2, 3), row(2, 4), row(3, 4));
        assertThat(CacheReplay.score(history, policy, 2).blockHitRate()).isEqualTo(1 / 8.0, offset(1e-12));
    }

    @Test
    void aTraceThatDoesNotSayWhatIsSharedIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> history(row(0)))
                .withMessageContaining("hash_ids");
    }

    /** Conversations among questions asked once: quick seeded version of the figures in the documentation. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void thePriceSavesMoreThanLruOnConversations(long seed) {
        PromptHistory history = conversations(seed);
        for (double share : new double[]{0.01, 0.02, 0.05, 0.3}) {
            int blocks = (int) (share * history.distinctBlocks());
            double lru = CacheReplay.score(history, CachePolicy.LRU, blocks).savedShare();
            double price = CacheReplay.score(history, CachePolicy.PRICE, blocks).savedShare();
            double belady = CacheReplay.score(history, CachePolicy.BELADY, blocks).savedShare();
            assertThat(price).as("seed %d, share %s", seed, share).isBetween(lru * 0.99, belady);
            if (share <= 0.02) {
                assertThat(price).as("seed %d, where room is scarce", seed).isGreaterThan(1.5 * lru);
            }
        }
    }

    /** Turns come after half a minute on average, three in ten conversations go on, and half of the prompts are alone. */
    private static PromptHistory conversations(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<TraceRow> rows = new ArrayList<>();
        int hash = 1;
        for (int i = 0; i < 3000; i++) {
            double time = i;
            int[] prompt = new int[0];
            boolean goesOn = random.nextInt(10) < 3;
            for (int turn = 0; turn == 0 || (goesOn && random.nextInt(4) > 0); turn++) {
                int more = 1 + random.nextInt(12);
                int[] longer = Arrays.copyOf(prompt, prompt.length + more);
                for (int j = prompt.length; j < longer.length; j++) {
                    longer[j] = hash++;
                }
                prompt = longer;
                rows.add(row(time, prompt));
                time += 20 + 60 * random.nextDouble() * random.nextDouble();
            }
        }
        rows.sort(Comparator.comparingDouble(TraceRow::arrivalSeconds));
        return new PromptHistory(new Trace("conversations", rows, BLOCK_TOKENS));
    }

    private static PromptHistory history(TraceRow... rows) {
        return new PromptHistory(new Trace("test", List.of(rows), BLOCK_TOKENS));
    }

    private static TraceRow row(double seconds, int... hashes) {
        return new TraceRow(seconds, "", Math.max(1, hashes.length * BLOCK_TOKENS), 1, hashes);
    }
}
