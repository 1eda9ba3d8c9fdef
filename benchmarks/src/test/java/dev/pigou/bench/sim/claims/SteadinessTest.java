package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T7 in small: load steps from half of what can be had to twice that, and back. Memory is held for about 29 s, and two holding
 * times after the step down the price is exactly zero.
 */
final class SteadinessTest {
    private static final double CAPACITY_PER_SECOND = 2.3;
    private static final double LONG_SHARE = 0.05;
    private static final int UP = 120;
    private static final int DOWN = 240;
    private static final int END = 420;
    private static final int SETTLED = 40;
    private static final int DRAINED = 60;

    private static Demand steps(long seed) {
        Demand low = stretch(UP, 0.5, seed);
        Demand high = stretch(DOWN - UP, 2, seed + 10);
        return Demands.joined(Demands.joined(low, high, UP), stretch(END - DOWN, 0.5, seed + 20), DOWN);
    }

    private static Demand stretch(int seconds, double load, long seed) {
        double perSecond = load * CAPACITY_PER_SECOND;
        return Demands.synthetic((int) (seconds * perSecond), perSecond, LONG_SHARE, seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void thePriceRisesWithLoadStaysAndIsZeroAgain(long seed) {
        PricedRun run = PricedRun.of(steps(seed), MachineSettings.DEFAULT, "known", seed);
        assertThat(run.meanPrice(0, UP)).as("seed %d, before", seed).isEqualTo(0.0);
        assertThat(run.meanPrice(DOWN + DRAINED, END)).as("seed %d, after", seed).isEqualTo(0.0);
        for (int from = UP + SETTLED; from < DOWN; from += 20) {
            assertThat(run.meanPrice(from, from + 20)).as("seed %d, from %d s", seed, from).isPositive();
        }
        double flips = run.publishedFlipsPerMinute(UP + SETTLED, DOWN);
        assertThat(flips).as("seed %d: turns of the public price in a minute", seed).isLessThan(20);
    }

    /** A rush of those who would wait for five minutes: many are turned away, and must not make memory dear once it is over. */
    private static Demand rushOfThePatient(long seed) {
        Demand high = stretch(DOWN, 3, seed);
        Demand rushed = Demands.joined(high, stretch(END - DOWN, 0.8, seed + 10), DOWN);
        return Demands.changed(rushed,
                request -> Demands.bidding(request, Demands.patient(request.bid(), 20)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whoIsTurnedAwayInARushDoesNotMakeMemoryDearForLong(long seed) {
        PricedRun run = PricedRun.of(rushOfThePatient(seed), MachineSettings.DEFAULT, "known", seed);
        assertThat(run.count(Fate.REFUSED)).as("seed %d", seed).isGreaterThan(100);
        double rush = run.meanPrice(0, DOWN);
        assertThat(run.meanPrice(DOWN + 2 * DRAINED, END)).as("seed %d, beside %s in the rush", seed, rush)
                .isLessThan(rush / 50);
    }
}
