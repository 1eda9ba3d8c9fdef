package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.hindsight.FormName;
import dev.pigou.bench.sim.hindsight.Hindsight;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T2 in small: the price of memory against the duals of the hindsight program, over windows of 20 s: a lull, a rush and a
 * lull. Its level is that of the dual, within a
 * half either way.
 */
final class PriceTracksScarcityTest {
    private static final MachineSettings SHORT_OF_MEMORY = MachineSettings.DEFAULT.withKvBlocks(3000);
    private static final int WINDOW = 20;
    private static final int SECONDS = 380;

    private static Demand lullRushLull(long seed) {
        Demand lull = Demands.synthetic(60, 0.6, 0, seed);
        Demand rush = Demands.synthetic(600, 6, 0, seed + 10);
        return Demands.joined(Demands.joined(lull, rush, 100), Demands.synthetic(60, 0.6, 0, seed + 20), 250);
    }

    private static double[] duals(Demand demand, long seed) {
        Hindsight.Question question = new Hindsight.Question(List.of(FormName.PACED), 1, SECONDS + WINDOW,
                0.05, 400, false);
        List<Double> bySecond = Objects.requireNonNull(Hindsight
                .answer(demand, 1, seed, SHORT_OF_MEMORY, question, (_, _, _) -> {}).bounds().get("paced"))
                .kvPrices();
        double[] means = new double[SECONDS / WINDOW];
        Arrays.setAll(means, window -> bySecond.subList(window * WINDOW, (window + 1) * WINDOW).stream()
                .mapToDouble(price -> price).average().orElseThrow());
        return means;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void thePriceIsZeroWhereTheDualIsAndFollowsItElsewhere(long seed) {
        Demand demand = lullRushLull(seed);
        double[] duals = duals(demand, seed);
        PricedRun run = PricedRun.of(demand, SHORT_OF_MEMORY, "known", seed);
        double[] prices = new double[duals.length];
        Arrays.setAll(prices, window -> run.meanPrice(window * WINDOW, (window + 1) * WINDOW));
        String figures = "seed %d: prices %s, duals %s".formatted(seed, Arrays.toString(prices),
                Arrays.toString(duals));
        double scarce = Arrays.stream(duals).max().orElseThrow() / 20;
        for (int window = 1; window + 1 < duals.length; window++) {
            boolean slack = duals[window - 1] < scarce && duals[window] < scarce
                    && duals[window + 1] < scarce;
            if (slack) {
                assertThat(prices[window]).as("window %d, %s", window, figures).isEqualTo(0.0);
            } else if (duals[window] > 2 * scarce) {
                assertThat(prices[window]).as("window %d, %s", window, figures).isPositive();
            }
        }
        assertThat(Line.through(duals, prices).correlation()).as(figures).isGreaterThan(0.8);
        assertThat(Line.mean(prices) / Line.mean(duals)).as(figures).isBetween(0.67, 1.5);
    }

    /** Was so: a running sequence's bid held the rent, so the price fed on itself until the books ran over. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void chargesStayOfTheOrderOfWhatAnswersAreWorth(long seed) {
        Demand demand = Demands.synthetic(2000, 14, 0, seed);
        PricedRun run = PricedRun.of(demand, MachineSettings.DEFAULT.withKvBlocks(6000), "unknown", seed);
        double offered = demand.requests().stream().mapToDouble(request -> request.bid().value()).sum();
        assertThat(run.metered()).as("seed %d: credits, of %s offered", seed, offered).isBetween(0.0,
                3 * offered);
    }
}
