package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class FloorsTest {
    private static final Bid PATIENT = new Bid(House.ANN, 0.002, 0.0001, Double.POSITIVE_INFINITY,
            Bid.NO_DEADLINE, 0);

    /** Ben's stream of dear requests would keep all memory for ever. */
    private final House house = new House(32);

    private Sequence bensNext() { return add(House.bid(House.BEN, 100), 12, 12); }

    /** Shares no prefix with any other. */
    private Sequence add(Bid bid, int promptTokens, int maxTokens) {
        int[] prompt = new int[promptTokens];
        Arrays.fill(prompt, 10 + house.sequences.size());
        return house.add(house.make(bid, prompt, maxTokens));
    }

    private double secondsUntilStarted(Sequence sequence) {
        long from = house.nowNanos;
        while (sequence.state() == SequenceState.WAITING && house.nowNanos < from + 60 * House.SECOND) {
            if (house.scheduler.waitingCount() < 12) {
                bensNext();
            }
            house.step();
        }
        return (house.nowNanos - from) / 1e9;
    }

    private Sequence poorAmongTheRich() {
        for (int i = 0; i < 20; i++) {
            bensNext();
        }
        house.step();
        return add(PATIENT, 30, 8);
    }

    @Test
    void nobodyIsOutbidForEverBelowHisFloor() {
        house.treasury().open(House.ANN, new Allowance(0, 0, 0, 0.5), 0);
        Sequence poor = poorAmongTheRich();
        assertThat(secondsUntilStarted(poor)).isBetween(5.0, 15.0);
        house.runUntilEnded(poor);
        assertThat(poor.charge().meteredPico()).isPositive();
        assertThat(poor.charge().duePico()).as("it starts for nothing").isZero();
        assertThat(poor.charge().expectedPico()).isPositive();
        assertThat(poor.charge().expectedDuePico()).as("and that is known then").isZero();
    }

    @Test
    void withoutAFloorHeIsOutbidAndTold() {
        Sequence poor = poorAmongTheRich();
        assertThat(secondsUntilStarted(poor)).isLessThan(30);
        Refusal refusal = Objects.requireNonNull(poor.refusal());
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.NO_CAPACITY);
        assertThat(poor.charge().meteredPico()).isZero();
    }

    @Test
    void aFloorIsNoCeilingAndNoMoreThanAFloor() {
        Floors floors = new Floors(House.BLOCK_SIZE);
        floors.grant(House.ANN.index(), 0.25);
        floors.recount(house.scheduler.view());
        Bid bid = House.bid(House.ANN, 0);
        Sequence fits = house.make(bid, 31, 8);
        Sequence tooLarge = house.make(bid, 32, 8);
        Sequence anothers = house.make(House.bid(House.BEN, 0), 4, 8);
        long later = 6 * House.SECOND;
        assertThat(floors.entitle(fits, 4 * House.SECOND)).isFalse();
        assertThat(floors.entitle(fits, later)).isTrue();
        assertThat(floors.entitle(tooLarge, later)).isFalse();
        assertThat(floors.entitle(anothers, later)).isFalse();
    }
}
