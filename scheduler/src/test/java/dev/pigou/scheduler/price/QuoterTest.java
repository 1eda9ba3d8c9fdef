package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Sequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

final class QuoterTest {
    private static final Bid BID = House.bid(House.ANN, 1);

    @Test
    void anEmptyHouseIsFreeToTheLastBit() {
        House house = new House(60);
        Quote quote = house.quote(house.make(BID, 40, 20));
        assertThat(Double.doubleToRawLongBits(quote.expected().total())).isZero();
        assertThat(quote.boundPico()).isZero();
        assertThat(quote.cheapestDelaySeconds()).isZero();
        assertThat(quote.firstTokenSeconds()).isPositive();
    }

    @Test
    void theFlatPriceIsQuotedAsItIsCharged() {
        House house = new House(60, House.resourcePrice(2));
        Quote quote = house.quote(house.make(BID, 40, 1));
        Sequence sequence = house.add(BID, 40, 1);
        house.runUntilEnded(sequence);
        double charged = Picocredits.credits(sequence.charge().meteredPico());
        assertThat(quote.expected().total()).isCloseTo(charged, within(0.01 * charged));
        assertThat(sequence.charge().writtenOffPico()).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {6.587639278752767e-5, 0.1, 1e-13, 123.4567890123456})
    void itsBoundIsNotAPicocreditAboveWhatItSays(double said) {
        var most = new Cost(0, said, 0, 0);
        var quote = new Quote(Cost.NOTHING, most, 10, 0, 5, 0.1, 0, 0, 0);
        assertThat(Picocredits.credits(quote.boundPico())).isLessThanOrEqualTo(said).isCloseTo(said,
                within(1e-12 + 1e-15 * said));
        assertThat(quote.furtherBoundPico()).isEqualTo(quote.boundPico());
    }

    @Test
    void theFlatPriceIsPublishedThoughNobodyIsHarmed() {
        House house = new House(60, House.resourcePrice(2));
        house.step();
        PriceVector prices = house.policy.prices();
        assertThat(prices.prefill()).isCloseTo(2 * House.COST.secondsPerPrefillToken(), withPercentage(1e-6));
        assertThat(prices.decode()).isCloseTo(2 * House.COST.secondsPerDecodeSequence(),
                withPercentage(1e-6));
        assertThat(prices.kvPublished()).isZero();
    }

    @Test
    void whatIsCachedCostsNothingToCompute() {
        House house = new House(60, House.resourcePrice(2));
        double before = house.quote(house.make(BID, 40, 5)).expected().prefill();
        house.runUntilEnded(house.add(BID, 40, 5));
        Quote quote = house.quote(house.make(BID, 40, 5));
        assertThat(quote.promptTokens()).isEqualTo(40);
        assertThat(quote.cachedTokens()).isEqualTo(36);
        assertThat(quote.expected().prefill()).isCloseTo(0.1 * before, within(0.02 * before));
    }

    @Test
    void askingLeavesNoTrace() {
        House house = new House(60);
        house.runUntilEnded(house.add(BID, 40, 5));
        long queried = house.kvCache.queriedTokens();
        for (int i = 0; i < 100; i++) {
            house.quote(house.make(BID, 40, 5));
        }
        assertThat(house.kvCache.queriedTokens()).isEqualTo(queried);
        assertThat(house.scheduler.hasWork()).isFalse();
    }

    /** A crowd that passes: who can wait is told so, and by how much it helps. */
    @Test
    void whoCanWaitOutACrowdIsToldSo() {
        House house = new House(60);
        Bid patient = new Bid(House.ANN, 1, 0, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
        for (int quiet = 0; quiet < 1200; quiet++) {
            house.step();
            house.nowNanos += House.SECOND / 10;
        }
        for (int i = 0; i < 20; i++) {
            house.add(House.bid(House.BEN, 5), 40, 100);
        }
        for (int step = 0; step < 12; step++) {
            house.step();
        }
        Quote quote = house.quote(house.make(patient, 40, 20));
        assertThat(quote.expected().kv()).isPositive();
        assertThat(quote.most().total()).isGreaterThanOrEqualTo(quote.expected().total());
        assertThat(quote.cheapestDelaySeconds()).isPositive();
        assertThat(quote.cheapestCredits()).isLessThan(quote.expected().total());
        Bid hurried = new Bid(House.ANN, 1000, 100, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
        assertThat(house.quote(house.make(hurried, 40, 20)).cheapestDelaySeconds()).isZero();
    }
}
