package dev.pigou.kvcache;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

final class ReuseHazardsTest {
    private static final int SPELLS = 200_000;

    private final ReuseHazards hazards = new ReuseHazards(2);

    @Test
    void aConstantHazardIsItsOwnYieldAtEveryAge() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < SPELLS; i++) {
            spell(0, -100 * Math.log(1 - random.nextDouble()), true);
        }
        hazards.learn(0);
        for (int bin = 0; bin < 12; bin++) {
            assertThat(hazards.usesPerSecond(0, bin)).as("bin %d", bin).isCloseTo(0.01, withinPercentage(20));
        }
    }

    @Test
    void aUseThatIsStillToComeIsWorthWaitingForAndOneThatIsOverdueIsNot() {
        for (int i = 0; i < SPELLS; i++) {
            spell(0, i % 2 == 0 ? 50 : 5000, i % 2 == 0); // half are used after 50 s, half never
        }
        hazards.learn(0);
        assertThat(hazards.usesPerSecond(0, binOf(1))).as("half a use in the next 50 s").isCloseTo(0.5 / 50,
                withinPercentage(20));
        assertThat(hazards.usesPerSecond(0, binOf(30)))
                .isGreaterThan(1.5 * hazards.usesPerSecond(0, binOf(1)));
        assertThat(hazards.usesPerSecond(0, binOf(100))).isLessThan(0.001);
    }

    @Test
    void blocksThatAreStillIdleCountAsNotUsed() {
        for (int i = 0; i < 100; i++) {
            spell(0, 0.9, true);
        }
        ReuseHazards others = new ReuseHazards(2);
        for (int i = 0; i < 100; i++) {
            spell(others, 0, 0.9, true);
        }
        for (int i = 0; i < 900; i++) {
            hazards.opened(0, true, -1); // idle for a second now, and in the first bin
        }
        hazards.learn(0);
        others.learn(0);
        assertThat(hazards.usesPerSecond(0, 0)).isLessThan(0.8 * others.usesPerSecond(0, 0));
    }

    @Test
    void aClassWithoutEvidenceIsJudgedAsTheOthers() {
        for (int i = 0; i < SPELLS; i++) {
            spell(0, 20, true);
        }
        hazards.learn(0);
        assertThat(hazards.usesPerSecond(1, 3)).isCloseTo(hazards.usesPerSecond(0, 3), withinPercentage(5));
    }

    @Test
    void knowingNothingTheOlderIsWorthLess() {
        hazards.learn(0);
        for (int bin = 1; bin < AgeBins.BINS; bin++) {
            assertThat(hazards.usesPerSecond(0, bin)).isPositive()
                    .isLessThan(hazards.usesPerSecond(0, bin - 1));
        }
    }

    @Test
    void oldEvidenceFades() {
        for (int i = 0; i < 1000; i++) {
            spell(0, 20, true);
        }
        hazards.learn(0);
        double fresh = hazards.usesPerSecond(0, 0);
        hazards.learn(40 * 3600);
        assertThat(hazards.usesPerSecond(0, 0)).isLessThan(0.1 * fresh);
    }

    private void spell(int blockClass, double seconds, boolean used) {
        spell(hazards, blockClass, seconds, used);
    }

    private static void spell(ReuseHazards hazards, int blockClass, double seconds, boolean used) {
        hazards.opened(blockClass, true, 0);
        int bin = binOf(seconds);
        for (int passed = 0; passed < bin; passed++) {
            hazards.passed(blockClass, passed, 0);
        }
        hazards.closed(blockClass, bin, 0, seconds, used);
    }

    private static int binOf(double seconds) {
        int bin = 0;
        while (bin < AgeBins.BINS - 1 && seconds * 1e9 >= AgeBins.toNanos(bin)) {
            bin++;
        }
        return bin;
    }
}
