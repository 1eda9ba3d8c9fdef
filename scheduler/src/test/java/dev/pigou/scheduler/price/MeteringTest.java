package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.StepPlan;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class MeteringTest {
    private static final double PRICE = 2;
    private static final double PICO = 1e12;

    private final House house = new House(60, House.resourcePrice(PRICE));

    private static Bid indifferent(int tenant) {
        return new Bid(tenant == 1 ? House.ANN : House.BEN, 1, 0, 1e6, Bid.NO_DEADLINE, 0);
    }

    @Test
    void aPromptPaysForItsTokensAndAnAnswerForAllButItsFirstToken() {
        Sequence sequence = house.add(indifferent(1), 10, 3);
        house.runUntilEnded(sequence);
        double prefill = 10
                * (House.COST.secondsPerPrefillToken() + 5 * House.COST.secondsPerPrefillTokenContext());
        double decode = 2 * (House.COST.secondsPerDecodeSequence() + 3 * House.COST.secondsPerKvBlockRead());
        assertThat(sequence.charge().prefillPico() / PICO).isCloseTo(PRICE * prefill, within(1e-3));
        assertThat(sequence.charge().decodePico() / PICO).isCloseTo(PRICE * decode, within(1e-3));
    }

    @Test
    void cachedTokensAreFree() {
        house.runUntilEnded(house.add(indifferent(1), 40, 3));
        Sequence again = house.add(indifferent(1), 40, 3);
        house.runUntilEnded(again);
        assertThat(again.cachedTokens()).isEqualTo(36);
        assertThat(again.charge().prefillPico() / PICO)
                .isCloseTo(PRICE * 4 * House.COST.secondsPerPrefillToken(), within(1e-3));
    }

    @Test
    void whatIsComputedAgainIsFree() {
        Sequence undisturbed = house.add(indifferent(1), 40, 40);
        house.runUntilEnded(undisturbed);
        House other = new House(30, House.resourcePrice(PRICE));
        Sequence preempted = other.add(indifferent(1), 40, 40);
        preempt(other, preempted);
        other.runUntilEnded(preempted);
        assertThat(preempted.preemptions()).isPositive();
        assertThat(preempted.charge().decodePico()).isCloseTo(undisturbed.charge().decodePico(),
                within((long) (0.05 * undisturbed.charge().decodePico())));
        assertThat(preempted.charge().prefillPico()).isCloseTo(undisturbed.charge().prefillPico(),
                within((long) (0.05 * undisturbed.charge().prefillPico())));
    }

    /** Somebody much richer comes who needs all the memory. */
    private static void preempt(House house, Sequence victim) {
        for (int i = 0; i < 4; i++) {
            house.step();
        }
        int[] other = new int[80];
        Arrays.fill(other, 5);
        house.add(house.make(House.bid(House.BEN, 1000), other, 30));
        while (victim.state() == SequenceState.RUNNING) {
            house.step();
        }
    }

    @Test
    void onlyTheDelayOfOthersIsCharged() {
        House congested = new House(60);
        Bid hurried = new Bid(House.ANN, 100, 3, 1e6, Bid.NO_DEADLINE, 0);
        Sequence alone = congested.add(hurried, 20, 5);
        congested.runUntilEnded(alone);
        assertThat(alone.charge().meteredPico()).as("nobody was delayed").isZero();
        Sequence one = congested.add(hurried, 20, 50);
        Bid patient = new Bid(House.BEN, 100, 0, 1e6, Bid.NO_DEADLINE, 0);
        congested.step();
        Sequence other = congested.add(patient, 20, 50);
        congested.runUntilEnded(one);
        congested.runUntilEnded(other);
        assertThat(one.charge().decodePico()).as("the other does not mind").isZero();
        assertThat(other.charge().decodePico()).isPositive();
    }

    @Test
    void theSumIsExactAlsoInTheMiddle() {
        house.add(indifferent(1), 40, 30);
        house.add(indifferent(2), 10, 30);
        for (int step = 0; step < 50; step++) {
            StepPlan plan = house.scheduler.plan(house.nowNanos);
            house.pass(plan);
            house.scheduler.apply(plan, house.result, house.nowNanos);
            long charged = house.sequences.stream()
                    .mapToLong(each -> each.charge().prefillPico() + each.charge().decodePico()).sum();
            assertThat(charged).isEqualTo(house.treasury().pricedComputePico());
        }
    }
}
