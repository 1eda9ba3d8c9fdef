package dev.pigou.kvcache;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

final class ReuseLedgerTest {
    private final KvCacheManager cache = new KvCacheManager(8, 1, true, new LruRetention(8),
            PrefillCost.linear(10, 1));
    private final ReuseLedger ledger = cache.ledger();

    @Test
    void aBlockKnowsWhoWroteItAndWhoFoundIt() {
        int block = run(2, 0.5, 1, 2);
        run(2, 0.5, 1, 2);
        run(7, 3, 1, 3);

        assertThat(ledger.writer(block)).isEqualTo(2);
        assertThat(ledger.writtenValue(block)).isEqualTo(0.5);
        assertThat(ledger.hits(block)).isEqualTo(2);
        assertThat(ledger.foreignHits(block)).isEqualTo(1);
        assertThat(ledger.lastReader(block)).isEqualTo(7);
        assertThat(ledger.foreignBlocks()).isEqualTo(1);
        assertThat(ledger.writtenBlocks()).isEqualTo(3);
    }

    @Test
    void whatIsSavedIsThePrefillAtItsDepth() {
        run(0, 1, 1, 2, 3);
        assertThat(ledger.savedCredits()).isZero();
        run(0, 1, 1, 2, 4);
        assertThat(ledger.savedCredits()).isEqualTo(10 + 11, offset(1e-9));
    }

    @Test
    void hitsAreCountedByTheValueOfTheRequestThatFinds() {
        run(0, 0.02, 1, 2, 3);
        run(0, 50, 1, 2, 4);
        int cents = ReuseLedger.valueClass(0.02);
        int tens = ReuseLedger.valueClass(50);
        assertThat(ledger.askedBlocks(cents)).isEqualTo(3);
        assertThat(ledger.foundBlocks(cents)).isZero();
        assertThat(ledger.askedBlocks(tens)).isEqualTo(3);
        assertThat(ledger.foundBlocks(tens)).isEqualTo(2);
    }

    @Test
    void valuesAreSortedByDecade() {
        assertThat(ReuseLedger.valueClass(0)).isZero();
        assertThat(ReuseLedger.valueClass(1e-300)).isEqualTo(1);
        assertThat(ReuseLedger.valueClass(0.99)).isEqualTo(4);
        assertThat(ReuseLedger.valueClass(1)).isEqualTo(5);
        assertThat(ReuseLedger.valueClass(9.99)).isEqualTo(5);
        assertThat(ReuseLedger.valueClass(Double.MAX_VALUE)).isEqualTo(9);
    }

    @Test
    void aBlockThatIsWrittenAnewHasNoPast() {
        int block = run(1, 1, 1);
        run(1, 1, 1);
        for (int token = 2; token < 20; token++) {
            run(3, 2, token);
        }
        assertThat(ledger.writer(block)).isEqualTo(3);
        assertThat(ledger.hits(block)).isZero();
    }

    @Test
    void aTenantsBlocksAreCountedWithWhatTheyWereWorthAndWhoFoundThem() {
        run(2, 0.5, 1, 2);
        run(2, 1.5, 1, 3);
        run(7, 3, 1, 2);

        WrittenBlocks its = ledger.writtenBy(2);
        assertThat(its.cached()).isEqualTo(3);
        assertThat(its.cachedValue()).isEqualTo(0.5 + 0.5 + 1.5);
        assertThat(its.ownHits()).isEqualTo(1);
        assertThat(its.foreignHits()).isEqualTo(2);
        assertThat(its.saved()).as("twice the first block, once the second").isEqualTo(10 + 10 + 11);
        assertThat(ledger.writtenBy(7).cached()).as("it found all that it needed").isZero();
        assertThat(ledger.writtenBy(1000).cached()).isZero();
    }

    @Test
    void whatIsEvictedIsNoLongerCachedButItsHitsRemain() {
        run(1, 0.1, 1);
        run(1, 0.1, 1);
        for (int token = 2; token < 20; token++) {
            run(3, 2, token);
        }
        WrittenBlocks its = ledger.writtenBy(1);
        assertThat(its.cached()).isZero();
        assertThat(its.cachedValue()).as("to the last bit").isZero();
        assertThat(its.ownHits()).isEqualTo(1);
        assertThat(ledger.writtenBy(3).cached()).as("of all the blocks there are").isEqualTo(8);
        cache.checkInvariants(List.of());
    }

    @Test
    void whatIsDiscardedIsNoLongerCached() {
        BlockTable table = new BlockTable(0, 4, 1);
        int[] tokens = {1, 2, 3};
        assertThat(cache.admit(table, tokens, 3, 3, 0)).isTrue();
        cache.commit(table, tokens, 3, 0);
        assertThat(ledger.writtenBy(4).cached()).isEqualTo(3);
        cache.discard(table, 0);
        assertThat(ledger.writtenBy(4).cached()).isZero();
        cache.checkInvariants(List.of());
    }

    /** The id of the prompt's first block. */
    private int run(int tenant, double value, int... tokens) {
        BlockTable table = new BlockTable(0, tenant, value);
        assertThat(cache.admit(table, tokens, tokens.length, tokens.length, 0)).isTrue();
        cache.commit(table, tokens, tokens.length, 0);
        int first = table.block(0);
        cache.release(table, 0);
        return first;
    }
}
