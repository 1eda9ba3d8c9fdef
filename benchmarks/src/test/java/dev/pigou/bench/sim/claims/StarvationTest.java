package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.scheduler.Tenant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T10 in small: nobody waits in vain. Who cannot be served in time is told, and where demand is stationary nearly at once;
 * near the capacity, where it cannot be known so early, some are told later (docs/pricing.md).
 */
final class StarvationTest {
    private static final Tenant POOR = new Tenant(2, "poor", 1);
    private static final MachineSettings SHORT_OF_MEMORY = MachineSettings.DEFAULT.withKvBlocks(6000);
    private static final double WARM_UP_NANOS = 30e9;

    @ParameterizedTest
    @CsvSource({"1,known", "2,known", "3,known", "1,unknown", "2,unknown", "3,unknown"})
    void allButAFewStartInTimeOrAreRefused(long seed, String lengths) {
        PricedRun run = PricedRun.of(Demands.synthetic(1500, 4, 0.05, seed), MachineSettings.DEFAULT, lengths,
                seed);
        assertThat(run.count(Fate.EXPIRED)).as("seed %d, %s: waited in vain, of 1500; refused: %d", seed,
                lengths, run.count(Fate.REFUSED)).isLessThanOrEqualTo(15);
    }

    @ParameterizedTest
    @CsvSource({"1,known", "2,known", "3,known", "1,unknown", "2,unknown", "3,unknown"})
    void underASteadyOverloadRefusalsComeWithinASecond(long seed, String lengths) {
        PricedRun run = PricedRun.of(Demands.synthetic(2000, 14, 0, seed), SHORT_OF_MEMORY, lengths, seed);
        double[] waits = run.outcomes.stream()
                .filter(each -> each.fate() == Fate.REFUSED && each.request().arrivalNanos() > WARM_UP_NANOS)
                .mapToDouble(each -> (each.endNanos() - each.request().arrivalNanos()) / 1e9).sorted()
                .toArray();
        assertThat(waits).as("seed %d, %s", seed, lengths).hasSizeGreaterThan(300);
        assertThat(waits[waits.length * 9 / 10]).as("seed %d, %s: 90th percentile, seconds", seed, lengths)
                .isLessThan(1);
    }

    /** A tenant whose answers are worth a thousandth of others', with and without a tenth of memory for its own. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aFloorLetsTheOutbidIn(long seed) {
        Demand demand = Demands.changed(Demands.synthetic(1500, 4, 0.05, seed),
                request -> request.id() % 20 == 0
                        ? Demands.bidding(request, Demands.scaled(Demands.by(request.bid(), POOR), 0.001))
                        : request);
        long without = served(PricedRun.of(demand, MachineSettings.DEFAULT, "known", seed));
        PricedRun floored = PricedRun.of(demand, MachineSettings.DEFAULT, "known", seed,
                treasury -> treasury.grantFloor(POOR, 0.1));
        assertThat(served(floored)).as("seed %d: of 75, without a floor %d", seed, without)
                .isGreaterThan(Math.max(50, 2 * without));
    }

    private static long served(PricedRun run) {
        return PricedRun.count(run.outcomesOf(POOR.index()), Fate.COMPLETED);
    }
}
