package dev.pigou.bench.sim.demand;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class TideTest {
    private static final double LULL = 100;
    private static final double RUSH = 50;

    @Test
    void inARushSoManyTimesAsMuchComes() {
        Demand demand = new SyntheticDemand(20_000, 5, 0, 1, new Tide(4, LULL, RUSH))
                .generate(DemandSettings.DEFAULT);
        double periods = Math.floor(demand.lastArrivalNanos() / 1e9 / (LULL + RUSH));
        long lulls = 0;
        long rushes = 0;
        for (Request request : demand.requests()) {
            double time = request.arrivalNanos() / 1e9;
            if (time < periods * (LULL + RUSH)) {
                boolean isLull = time % (LULL + RUSH) < LULL;
                lulls += isLull ? 1 : 0;
                rushes += isLull ? 0 : 1;
            }
        }
        assertThat(lulls / (periods * LULL)).as("a second of a lull").isCloseTo(5, within(0.3));
        assertThat(rushes / (periods * RUSH)).as("a second of a rush").isCloseTo(20, within(0.6));
    }

    @Test
    void anEvenRateIsLeftAsItIs() { assertThat(Tide.NONE.after(3.25, 0.1)).isEqualTo(3.25 + 0.1); }

    @Test
    void whatDoesNotFitIntoALullComesFasterInTheRush() {
        assertThat(new Tide(4, LULL, RUSH).after(99, 5)).isCloseTo(101, within(1e-12));
        assertThat(new Tide(4, LULL, RUSH).after(99, 1 + 4 * RUSH + 2)).isCloseTo(152, within(1e-12));
    }

    @Test
    void answersCanBeLonger() {
        double usual = meanAnswer("requests=2000,rate=5,long=0");
        assertThat(meanAnswer("requests=2000,rate=5,long=0,answers=8")).isCloseTo(8 * usual, within(usual));
    }

    private static double meanAnswer(String synthetic) {
        return SyntheticDemand.parse(synthetic).generate(DemandSettings.DEFAULT).requests().stream()
                .mapToInt(Request::outputTokens).average().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rush=0", "rush=-1", "rush=2,lull_s=0", "rush=2,rush_s=x", "answers=0",
            "flood=2"})
    void whatMakesNoSenseIsExplained(String text) {
        assertThatThrownBy(() -> SyntheticDemand.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .message().isNotBlank().doesNotContain("\n");
    }
}
