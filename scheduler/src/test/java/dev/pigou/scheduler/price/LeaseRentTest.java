package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Sequence;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What keeping a prompt costs, and when that ends. */
final class LeaseRentTest {
    private static final CacheTerms FOR_AN_HOUR = new CacheTerms(0, 3600 * House.SECOND);

    private final House house = new House(60);

    /** Answers it alone in the house, so that it costs nothing. */
    private PrefixLease leased(Bid bid, CacheTerms terms) {
        Sequence sequence = house.add(house.make(bid, new int[22], 4, terms));
        house.runUntilEnded(sequence);
        assertThat(sequence.charge().duePico()).isZero();
        return Objects.requireNonNull(sequence.lease());
    }

    private static Bid bid(double maxPrice) {
        return new Bid(House.ANN, 1, 0.01, maxPrice, Bid.NO_DEADLINE, 0);
    }

    /** More than memory has room for, each with a prompt of its own, so that a block-second has a price. */
    private void crowd() {
        for (int i = 0; i < 12; i++) {
            int[] prompt = new int[40];
            Arrays.fill(prompt, i + 1);
            house.add(house.make(House.bid(House.BEN, 1), prompt, 30));
        }
        for (int step = 0; step < 60; step++) {
            house.step();
        }
        assertThat(house.policy.blockPriceNano()).isPositive();
    }

    @Test
    void theFullBlocksOfThePromptAreLeased() {
        PrefixLease lease = leased(bid(1), FOR_AN_HOUR);
        assertThat(lease.tokens()).isEqualTo(20);
        assertThat(lease.charge().boundPico()).as("what its request left").isEqualTo(Picocredits.of(1));
    }

    @Test
    void anEmptyHouseLeasesForNothingUntilTheTimeIsOver() {
        PrefixLease lease = leased(bid(0), new CacheTerms(0, 10 * House.SECOND));
        house.nowNanos += 9 * House.SECOND;
        house.scheduler.idle(house.nowNanos);
        assertThat(house.endedLeases).isEmpty();
        house.nowNanos += 2 * House.SECOND;
        house.scheduler.idle(house.nowNanos);
        assertThat(house.endedLeases).containsExactly(lease);
        assertThat(lease.charge().meteredPico()).isZero();
        assertThat(house.scheduler.view().cachedTokens(house.make(bid(1), new int[22], 4)))
                .as("it may stay as any other prefix").isEqualTo(20);
    }

    @Test
    void aLeaseEndsWhenItHasCostWhatItMayCost() {
        PrefixLease lease = leased(bid(1e-6), FOR_AN_HOUR);
        crowd();
        assertThat(house.endedLeases).containsExactly(lease);
        assertThat(lease.charge().duePico()).isPositive().isLessThanOrEqualTo(1_000_000);
        assertThat(house.treasury().books().of(House.ANN.index()).duePico())
                .isEqualTo(lease.charge().duePico());
    }

    @Test
    void aWalletPaysAsTimePassesAndNeverMoreThanItHolds() {
        house.treasury().open(House.ANN, new Allowance(0, 1, 2e-6, 0), 0);
        PrefixLease lease = leased(bid(1), FOR_AN_HOUR);
        crowd();
        assertThat(house.endedLeases).containsExactly(lease);
        long left = Picocredits.of(house.treasury().available(House.ANN, house.nowNanos));
        assertThat(lease.charge().duePico() + left).isEqualTo(2_000_000);
    }

    @Test
    void aQuoteBindsTheAnswerAndTheLeaseTogether() {
        House dear = new House(60, House.resourcePrice(2));
        Sequence sequence = dear.make(bid(10), new int[22], 4, FOR_AN_HOUR);
        sequence.charge().quoted(dear.quote(sequence).boundPico());
        dear.runUntilEnded(dear.add(sequence));
        PrefixLease lease = Objects.requireNonNull(sequence.lease());
        assertThat(lease.charge().boundPico() + sequence.charge().duePico())
                .isEqualTo(sequence.charge().quotedPico());
    }

    /** The rent is quoted with the answer, at the price that is to be expected. */
    @Test
    void aLeaseIsInTheQuote() {
        crowd();
        Quote without = house.quote(house.make(bid(1), new int[22], 4));
        Quote with = house.quote(house.make(bid(1), new int[22], 4, FOR_AN_HOUR));
        assertThat(without.expected().lease()).isZero();
        assertThat(with.expected().lease()).isPositive();
        assertThat(with.expected().kv()).isEqualTo(without.expected().kv());
        assertThat(with.most().total()).isGreaterThan(with.expected().total());
    }

    @Test
    void whatWasNotAnsweredLeasesNothing() {
        Sequence sequence = house.add(house.make(bid(1), new int[22], 4, FOR_AN_HOUR));
        house.step();
        house.scheduler.finish(sequence, FinishReason.CANCELLED, house.nowNanos);
        assertThat(sequence.lease()).isNull();
    }
}
