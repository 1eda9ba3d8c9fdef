package dev.pigou.kvcache;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Exact block ids in a pool of 6 blocks of 4 tokens. */
final class KvCacheManagerTest {
    private static final int BLOCK_SIZE = 4;

    private final KvCacheManager cache = new KvCacheManager(6, BLOCK_SIZE, true, new LruRetention(6));
    private final List<BlockTable> tables = new ArrayList<>();
    private long now;

    @AfterEach
    void invariantsHold() { cache.checkInvariants(tables); }

    @Test
    void blocksAreHandedOutInOrder() {
        BlockTable table = admitted(tokens(9));
        assertThat(ids(table)).containsExactly(1, 2, 3);
        assertThat(cache.usedBlocks()).isEqualTo(3);
        assertThat(cache.freeBlocks()).isEqualTo(3);
    }

    @Test
    void aPrefixComputedOnceIsShared() {
        BlockTable first = computed(tokens(9));
        BlockTable second = admitted(tokens(9));
        assertThat(ids(first)).containsExactly(1, 2, 3);
        assertThat(ids(second)).containsExactly(1, 2, 4);
        assertThat(second.committed()).isEqualTo(2);
        assertThat(cache.queriedTokens()).isEqualTo(16);
        assertThat(cache.hitTokens()).isEqualTo(8);
    }

    @Test
    void theLastTokenIsAlwaysComputed() {
        BlockTable first = computed(tokens(8));
        assertThat(first.committed()).isEqualTo(2);
        BlockTable second = admitted(tokens(8));
        assertThat(second.committed()).as("tokens 4 to 7 are a full cached block").isEqualTo(1);
    }

    @Test
    void aBlockThatIsNotFullIsNotShared() {
        computed(tokens(7));
        assertThat(ids(admitted(tokens(7)))).containsExactly(1, 3);
    }

    @Test
    void equalBlocksComputedAtTheSameTimeBecomeOne() {
        BlockTable first = admitted(tokens(9));
        BlockTable second = admitted(tokens(9));
        assertThat(ids(second)).containsExactly(4, 5, 6);
        cache.commit(first, tokens(9), 9, now);
        cache.commit(second, tokens(9), 9, now);
        assertThat(ids(second)).containsExactly(1, 2, 6);
        assertThat(cache.freeBlocks()).isEqualTo(2);
    }

    @Test
    void prefixesAreNotSharedAcrossSalts() {
        computed(tokens(9));
        BlockTable other = new BlockTable(1);
        tables.add(other);
        assertThat(cache.admit(other, tokens(9), 8, 9, now)).isTrue();
        assertThat(ids(other)).containsExactly(4, 5, 6);
        cache.commit(other, tokens(9), 9, now);
        assertThat(ids(other)).containsExactly(4, 5, 6);
    }

    @Test
    void aReleasedPrefixIsFoundAgain() {
        cache.release(computed(tokens(9)), now);
        assertThat(cache.cachedBlocks()).isEqualTo(2);
        assertThat(cache.freeBlocks()).isEqualTo(4);
        assertThat(ids(admitted(tokens(9)))).containsExactly(1, 2, 3);
        assertThat(cache.cachedBlocks()).isZero();
    }

    @Test
    void evictionTakesTheOldestPrefixTailFirst() {
        cache.release(computed(tokens(9)), now);
        BlockTable big = admitted(IntStream.range(100, 117).toArray());
        assertThat(ids(big)).as("the 4 free ones, then the tail of the cached prefix").containsExactly(3, 4,
                5, 6, 2);
        assertThat(cache.cachedBlocks()).as("its head is still there").isEqualTo(1);
        cache.release(big, now);
        assertThat(admitted(tokens(9)).committed()).isEqualTo(1);
    }

    /** Quotes look at prefixes that nobody may come back for; those must not outlive what is used. */
    @Test
    void lookingAtAPrefixKeepsItNoLonger() {
        int[] other = IntStream.range(50, 59).toArray();
        cache.release(computed(tokens(9)), now);
        cache.release(computed(other), now);
        assertThat(cache.cachedTokens(0, tokens(9), 8)).isEqualTo(8);
        assertThat(cache.cachedTokens(0, tokens(9), 7)).isEqualTo(4);
        assertThat(cache.cachedTokens(1, tokens(9), 8)).isZero();
        admitted(IntStream.range(100, 116).toArray());
        assertThat(cache.cachedTokens(0, tokens(9), 8)).as("the older one was evicted").isZero();
        assertThat(cache.cachedTokens(0, other, 8)).isEqualTo(8);
        assertThat(cache.queriedTokens()).as("counted are admissions alone").isEqualTo(31);
    }

    @Test
    void whatDoesNotFitChangesNothing() {
        BlockTable first = computed(tokens(9));
        BlockTable second = new BlockTable(0);
        tables.add(second);
        assertThat(cache.admit(second, tokens(30), 29, 30, now)).isFalse();
        assertThat(ids(second)).isEmpty();
        assertThat(cache.hitTokens()).isZero();
        assertThat(cache.reserve(first, 25, now)).isFalse();
        assertThat(ids(first)).containsExactly(1, 2, 3);
        assertThat(cache.reserve(first, 24, now)).isTrue();
        assertThat(ids(first)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void aSequencesOwnCachedPrefixIsNotCountedAsRoomForItsRest() {
        cache.release(computed(tokens(9)), now);
        BlockTable other = admitted(IntStream.range(100, 110).toArray());
        assertThat(ids(other)).containsExactly(3, 4, 5);
        BlockTable again = new BlockTable(0);
        tables.add(again);
        assertThat(cache.admit(again, tokens(13), 12, 13, now)).as("2 cached, 1 free, 4 needed").isFalse();
        assertThat(cache.admit(again, tokens(12), 11, 12, now)).isTrue();
        assertThat(ids(again)).containsExactly(1, 2, 6);
    }

    @Test
    void reservingAgainTakesNothing() {
        BlockTable table = admitted(tokens(9));
        assertThat(cache.reserve(table, 12, now)).isTrue();
        assertThat(cache.reserve(table, 3, now)).isTrue();
        assertThat(ids(table)).containsExactly(1, 2, 3);
    }

    @Test
    void distrustedBlocksAreFoundByNobody() {
        BlockTable bad = computed(tokens(9));
        BlockTable continued = computed(tokens(14));
        assertThat(ids(continued)).containsExactly(1, 2, 4, 5);
        cache.release(continued, now);
        cache.discard(bad, now);
        assertThat(cache.freeBlocks()).isEqualTo(6);
        assertThat(admitted(tokens(9)).committed()).isZero();
    }

    @Test
    void distrustedBlocksStayWhileOthersHoldThem() {
        BlockTable bad = computed(tokens(9));
        BlockTable reader = computed(tokens(9));
        cache.discard(bad, now);
        assertThat(ids(reader)).containsExactly(1, 2, 4);
        assertThat(cache.usedBlocks()).isEqualTo(3);
        cache.discard(reader, now);
        assertThat(cache.freeBlocks()).isEqualTo(6);
    }

    @Test
    void aForkSharesWhatIsCommitted() {
        BlockTable table = computed(tokens(9));
        BlockTable fork = cache.fork(table, now);
        tables.add(fork);
        assertThat(ids(fork)).containsExactly(1, 2);
        cache.release(table, now);
        assertThat(cache.usedBlocks()).isEqualTo(2);
    }

    @Test
    void withoutPrefixCachingNothingIsKept() {
        KvCacheManager plain = new KvCacheManager(6, BLOCK_SIZE, false, new LruRetention(6));
        BlockTable table = new BlockTable(0);
        assertThat(plain.admit(table, tokens(9), 8, 9, now)).isTrue();
        plain.commit(table, tokens(9), 9, now);
        plain.checkInvariants(List.of(table));
        plain.release(table, now);
        assertThat(plain.freeBlocks()).isEqualTo(6);
        assertThat(plain.queriedTokens()).isZero();
    }

    @Test
    void admittingTwiceIsRefused() {
        BlockTable table = admitted(tokens(9));
        assertThatIllegalStateException().isThrownBy(() -> cache.admit(table, tokens(9), 8, 9, now));
    }

    @Test
    void aBlockWithoutATableIsNoticed() {
        computed(tokens(9));
        assertThatThrownBy(() -> cache.checkInvariants(List.of())).isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("I9");
    }

    @Test
    void capacityIsInTokens() {
        assertThat(cache.capacityTokens()).isEqualTo(24);
        assertThat(cache.blocksFor(0)).isZero();
        assertThat(cache.blocksFor(4)).isEqualTo(1);
        assertThat(cache.blocksFor(5)).isEqualTo(2);
        assertThat(cache.blocksFor(Integer.MAX_VALUE)).isEqualTo(1 << 29);
    }

    /** A table with blocks for the tokens, or none if they do not fit. */
    private BlockTable admitted(int[] tokens) {
        BlockTable table = new BlockTable(0);
        tables.add(table);
        cache.admit(table, tokens, tokens.length - 1, tokens.length, ++now);
        return table;
    }

    private BlockTable computed(int[] tokens) {
        BlockTable table = admitted(tokens);
        cache.commit(table, tokens, tokens.length, now);
        return table;
    }

    private static int[] tokens(int count) { return IntStream.range(0, count).toArray(); }

    static List<Integer> ids(BlockTable table) {
        return IntStream.range(0, table.size()).mapToObj(table::block).toList();
    }
}
