package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.DemandSettings;
import dev.pigou.bench.sim.demand.SyntheticDemand;
import dev.pigou.bench.sim.demand.Tide;
import dev.pigou.bench.sim.report.RunReport;
import dev.pigou.bench.sim.report.SimulatedRun;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T4 in small: long answers, and a rush after each lull. Price is ahead of value density; and with all order by worth taken
 * away, the price of the moment knows more than chance. That it knows more than its own mean is not so; docs/pricing.md.
 */
final class LullAndBurstTest {
    private static final int SEEDS = 4;
    private static final int REQUESTS = 1200;
    private static final double PER_SECOND = 1.2;
    private static final double LONG_SHARE = 0.05;
    private static final double ANSWERS = 4;
    private static final Tide TIDE = new Tide(6, 120, 60);

    private static Demand demand(long seed) {
        return new SyntheticDemand(REQUESTS, PER_SECOND, LONG_SHARE, ANSWERS, TIDE)
                .generate(DemandSettings.DEFAULT.withSeed(seed));
    }

    private static RunReport run(String policy, long seed) {
        return new SimulatedRun(
                new SimulatedRun.Setting(MachineSettings.DEFAULT, policy, "lru", "unknown", 1, seed),
                demand(seed)).run();
    }

    private static double meanShare(String policy) {
        double sum = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            RunReport run = run(policy, seed);
            sum += run.welfare() / run.offered();
        }
        return sum / SEEDS;
    }

    @Test
    void priceIsAheadOfDensity() {
        double price = meanShare("price");
        double density = meanShare("density");
        assertThat(price).as("share of what was offered, seeds 1 to %d, density has %s", SEEDS, density)
                .isGreaterThan(density);
    }

    @Test
    void thePriceOfTheMomentKnowsMoreThanChance() {
        double mean = meanPrice();
        double live = meanShare("price/posted-live");
        double random = meanShare("price/posted-random:" + mean);
        assertThat(live)
                .as("share of what was offered, seeds 1 to %d, of random prices with a mean of %s: %s", SEEDS,
                        mean, random)
                .isGreaterThan(random);
    }

    private static double meanPrice() {
        double sum = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            sum += Objects.requireNonNull(run("price/posted-live", seed).prices()).kvWaiting().mean();
        }
        return sum / SEEDS;
    }
}
