package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.hindsight.FormName;
import dev.pigou.bench.sim.hindsight.Hindsight;
import dev.pigou.bench.sim.hindsight.HindsightReport;
import dev.pigou.bench.sim.report.RunReport;
import dev.pigou.bench.sim.report.SimulatedRun;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T3 in small: answers are worth as much as under the best order known, and far more than under those in use. Several seeds,
 * because one run's difference is chance. The bound is
 * loose where step time is scarcer than memory, so a share of it is asked for only up to a load of 1.8; at full scale, on
 * public traces, docs/pricing.md reports all loads.
 */
final class WelfareTest {
    private static final int SEEDS = 3;
    private static final int REQUESTS = 1000;
    private static final double LONG_SHARE = 0.05;
    private static final double POINT = 0.01;
    private static final double SHARE_OF_BOUND = 0.9;

    private static RunReport run(String policy, Demand demand, String lengths, long seed) {
        return new SimulatedRun(
                new SimulatedRun.Setting(MachineSettings.DEFAULT, policy, "lru", lengths, 1, seed), demand)
                .run();
    }

    private static double meanShare(String policy, double perSecond, String lengths) {
        double sum = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Demand demand = Demands.synthetic(REQUESTS, perSecond, LONG_SHARE, seed);
            RunReport run = run(policy, demand, lengths, seed);
            sum += run.welfare() / run.offered();
        }
        return sum / SEEDS;
    }

    /** Loads of about 0.6, 1.7 and 3.4; with lengths known and with lengths that are learned. */
    @ParameterizedTest
    @CsvSource({"1.5,known", "4,known", "8,known", "4,unknown"})
    void priceIsNeverWorseThanValueDensity(double perSecond, String lengths) {
        double price = meanShare("price", perSecond, lengths);
        double density = meanShare("density", perSecond, lengths);
        assertThat(price).as("share of what was offered at %s a second, seeds 1 to %d, density has %s",
                perSecond, SEEDS, density).isGreaterThanOrEqualTo(density - POINT);
    }

    @ParameterizedTest
    @ValueSource(doubles = {3, 8})
    void underOverloadOrderOfArrivalAndFairSharesLoseMostOfIt(double perSecond) {
        double price = meanShare("price", perSecond, "known");
        for (String policy : List.of("fcfs", "vtc")) {
            double other = meanShare(policy, perSecond, "known");
            assertThat(other)
                    .as("%s at %s a second, seeds 1 to %d, price has %s", policy, perSecond, SEEDS, price)
                    .isLessThan(0.6 * price);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.5, 3, 4})
    void priceComesCloseToWhatHindsightCouldNotExceed(double perSecond) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Demand demand = Demands.synthetic(REQUESTS, perSecond, LONG_SHARE, seed);
            RunReport run = run("price", demand, "known", seed);
            Hindsight.Question question = new Hindsight.Question(List.of(FormName.PREEMPTIVE), 2,
                    Math.max(run.endedSeconds(), demand.lastArrivalNanos() / 1e9), 0.05, 100, false);
            HindsightReport hindsight = Hindsight.answer(demand, 1, seed, MachineSettings.DEFAULT, question,
                    (_, _, _) -> {});
            double bound = Objects.requireNonNull(hindsight.bounds().get("preemptive")).bound();
            assertThat(run.welfare()).as("seed %d at %s a second, of a bound of %s", seed, perSecond, bound)
                    .isBetween(SHARE_OF_BOUND * bound, bound);
        }
    }
}
