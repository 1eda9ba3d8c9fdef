package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.StepPlan;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class TreasuryTest {
    /** About what 40 tokens of prompt and 20 of answer cost at 2 credits a second, at most: 0.08 + 0.11. */
    private static final double ONE = 0.25;
    private static final Bid BID = House.bid(House.ANN, 1);
    private static final Bid IMPATIENT = new Bid(House.ANN, 1, 0.5, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE,
            0);

    private final House house = new House(60, House.resourcePrice(2));

    private Sequence ask(Bid bid) { return house.add(bid, 40, 20); }

    @Test
    void twoRacingForTheLastCreditCannotBothHaveIt() {
        house.treasury().open(House.ANN, new Allowance(0, 10, ONE, 0), 0);
        Sequence first = ask(BID);
        Sequence second = ask(BID);
        house.step();
        assertThat(first.state()).isEqualTo(SequenceState.RUNNING);
        assertThat(second.state()).isEqualTo(SequenceState.WAITING);
        assertThat(first.charge().heldPico()).isEqualTo(first.charge().expectedPico()).isPositive();
        house.runUntilEnded(first);
        assertThat(house.treasury().available(House.ANN, house.nowNanos))
                .isCloseTo(ONE - Picocredits.credits(first.charge().duePico()), within(1e-12));
    }

    /** Mostly shorter than those that are about to come, so that these cost more than is expected. */
    private static void answerShort(House house) {
        for (int i = 0; i < 20; i++) {
            house.runUntilEnded(house.add(BID, 40, i % 4 == 0 ? 32 : 17));
        }
    }

    @Test
    void whatCostsMoreThanWasHeldIsPaidFromWhatTheWalletHasThen() {
        answerShort(house);
        house.treasury().open(House.ANN, new Allowance(0, 10, 10, 0), 0);
        Sequence sequence = house.add(BID, 40, 32);
        house.runUntilEnded(sequence);
        assertThat(sequence.charge().duePico()).isGreaterThan(sequence.charge().expectedPico())
                .isLessThanOrEqualTo(sequence.charge().boundPico());
        assertThat(sequence.charge().isBeyondWallet()).isFalse();
        assertThat(house.treasury().available(House.ANN, house.nowNanos))
                .isCloseTo(10 - Picocredits.credits(sequence.charge().duePico()), within(1e-12));
    }

    @Test
    void whoCannotPayInTimeIsToldWhenHeCould() {
        house.treasury().open(House.ANN, new Allowance(0.01, 10, 0, 0), 0);
        Sequence sequence = ask(IMPATIENT);
        house.step();
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.REFUSED);
        Refusal refusal = Objects.requireNonNull(sequence.refusal());
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.OUT_OF_BUDGET);
        assertThat(refusal.price()).isPositive();
        assertThat(refusal.retryAfterSeconds()).isBetween(5.0, 60.0);
        assertThat(sequence.charge().duePico()).isZero();
        house.nowNanos += (long) (refusal.retryAfterSeconds() * House.SECOND) + 1_000_000;
        Sequence again = ask(IMPATIENT);
        house.step();
        assertThat(again.state()).as("who waits that long is admitted").isEqualTo(SequenceState.RUNNING);
    }

    @Test
    void whoEarnsEnoughInTimeWaits() {
        house.treasury().open(House.ANN, new Allowance(1, 10, 0, 0), 0);
        Sequence sequence = ask(IMPATIENT);
        house.step();
        assertThat(sequence.state()).isEqualTo(SequenceState.WAITING);
        house.runUntilEnded(sequence);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void anEmptyWalletRunsWhileThatIsFree() {
        House free = new House(60);
        free.treasury().open(House.ANN, new Allowance(0, 0, 0, 0), 0);
        Sequence sequence = free.add(BID, 40, 20);
        free.runUntilEnded(sequence);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(sequence.charge().duePico()).isZero();
    }

    /** The wallet has what is expected, and the answer gets longer. */
    @Test
    void whatRunsDryInTheMiddleFinishesAndLeavesADebt() {
        answerShort(house);
        House alike = new House(60, House.resourcePrice(2));
        answerShort(alike);
        Sequence first = alike.add(BID, 40, 32);
        alike.step();
        double expected = Picocredits.credits(first.charge().expectedPico());
        house.treasury().open(House.ANN, new Allowance(0, 1, expected + 1e-6, 0), 0);
        Sequence sequence = house.add(BID, 40, 32);
        house.runUntilEnded(sequence);
        assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(sequence.charge().duePico()).isGreaterThan(Picocredits.of(expected + 1e-6))
                .isLessThanOrEqualTo(sequence.charge().boundPico());
        double left = house.treasury().available(House.ANN, house.nowNanos);
        assertThat(left).isNegative()
                .isCloseTo(expected + 1e-6 - Picocredits.credits(sequence.charge().duePico()), within(1e-9));
        Sequence next = house.add(IMPATIENT, 40, 32);
        house.step();
        assertThat(Objects.requireNonNull(next.refusal()).reason()).isEqualTo(Refusal.Reason.OUT_OF_BUDGET);
    }

    @Test
    void nobodyPaysAboveHisMaximumNorHisQuote() {
        Bid thrifty = new Bid(House.ANN, 1, 0.01, 0.2, Bid.NO_DEADLINE, 0);
        Sequence limited = ask(thrifty);
        Sequence quoted = house.make(BID, 40, 20);
        quoted.charge().quoted(1000);
        house.add(quoted);
        house.runUntilEnded(limited);
        house.runUntilEnded(quoted);
        assertThat(limited.charge().boundPico()).isLessThanOrEqualTo(Picocredits.of(0.2));
        assertThat(quoted.charge().duePico()).isEqualTo(1000).isEqualTo(quoted.charge().expectedDuePico());
        assertThat(quoted.charge().forecastPico()).as("the forecast is not the promise").isGreaterThan(1000);
    }

    /** He bid his value and named no maximum; the house's price of an answer is far above. */
    @Test
    void whoNamesNoMaximumPaysNoMoreThanHisAnswerIsWorthWhenItBegins() {
        Sequence sequence = ask(
                new Bid(House.ANN, 0.01, 0.001, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0));
        house.nowNanos += 4 * House.SECOND;
        house.runUntilEnded(sequence);
        assertThat(sequence.charge().meteredPico()).isGreaterThan(Picocredits.of(0.01));
        assertThat(sequence.charge().duePico()).isEqualTo(Picocredits.of(0.006));
        assertThat(house.treasury().books().all().meteredPico()).as("the books still balance")
                .isEqualTo(house.treasury().pricedComputePico() + house.kvCache.pricedPico());
    }

    @Test
    void aMaximumThatIsNamedHoldsEvenAboveTheValue() {
        Sequence sequence = ask(new Bid(House.ANN, 0.01, 0.001, 0.17, Bid.NO_DEADLINE, 0));
        house.runUntilEnded(sequence);
        assertThat(sequence.charge().boundPico()).isEqualTo(Picocredits.of(0.17));
        assertThat(sequence.charge().duePico()).isEqualTo(Picocredits.of(0.17));
    }

    /** No lull makes the flat price less. */
    @Test
    void aMaximumBelowTheFlatPriceIsRefusedAtOnceAndWithoutATimeToComeBack() {
        Sequence sequence = ask(new Bid(House.ANN, 1, 0.01, 0.1, Bid.NO_DEADLINE, 0));
        house.step();
        Refusal refusal = Objects.requireNonNull(sequence.refusal());
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.PRICE_TOO_HIGH);
        assertThat(refusal.price()).isBetween(0.1, ONE);
        assertThat(refusal.retryAfterSeconds()).isInfinite();
        assertThat(sequence.charge().meteredPico()).isZero();
    }

    @Test
    void whatFailsOnOurSideIsFree() {
        house.treasury().open(House.ANN, new Allowance(0, 10, 10, 0), 0);
        Sequence sequence = ask(BID);
        house.step();
        StepPlan plan = house.scheduler.plan(house.nowNanos);
        house.scheduler.fail(plan, house.nowNanos);
        assertThat(sequence.charge().meteredPico()).isPositive();
        assertThat(sequence.charge().duePico()).isZero();
        assertThat(house.treasury().available(House.ANN, house.nowNanos)).isEqualTo(10);
    }

    @Test
    void whoIsBrokeDoesNotStandInOthersWay() {
        house.treasury().open(House.ANN, new Allowance(0, 10, 0, 0), 0);
        for (int i = 0; i < 50; i++) {
            ask(House.bid(House.ANN, 100));
        }
        house.step();
        house.nowNanos += House.SECOND;
        Sequence solvent = house.add(House.bid(House.BEN, 1), 40, 20);
        house.step();
        assertThat(solvent.state()).isEqualTo(SequenceState.RUNNING);
    }

    @Test
    void aTenantHasOneWallet() {
        house.treasury().open(House.ANN, new Allowance(0, 10, 10, 0), 0);
        assertThatThrownBy(() -> house.treasury().open(House.ANN, new Allowance(0, 10, 10, 0), 0))
                .hasMessageContaining("ann");
        assertThat(house.treasury().available(House.BEN, 0)).isInfinite();
    }
}
