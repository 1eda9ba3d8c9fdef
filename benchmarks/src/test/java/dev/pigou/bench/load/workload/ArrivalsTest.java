package dev.pigou.bench.load.workload;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class ArrivalsTest {
    private static final long SEED = 5;
    private static final int MANY = 100_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 1, 4})
    void intervalsHaveTheRateAndTheVariationOfTheirBurstiness(double burstiness) {
        double[] seconds = new Arrivals.Gamma(8, burstiness).seconds(MANY, random());
        double[] intervals = intervals(seconds);

        assertThat(seconds).as("seed %d", SEED).isSorted();
        assertThat(seconds[MANY - 1]).as("seed %d", SEED).isCloseTo(MANY / 8.0, within(1e-6));
        assertThat(cv(intervals)).as("seed %d", SEED).isCloseTo(1 / Math.sqrt(burstiness), within(0.03));
    }

    @Test
    void aPoissonProcessIsMemoryless() {
        double[] intervals = intervals(new Arrivals.Gamma(1, 1).seconds(MANY, random()));
        for (double wait : new double[]{0.5, 1, 2}) {
            double longer = Arrays.stream(intervals).filter(interval -> interval > wait).count();
            assertThat(longer / intervals.length).as("seed %d, wait %s", SEED, wait)
                    .isCloseTo(Math.exp(-wait), within(0.01));
        }
    }

    @Test
    void eachStepHasItsOwnRateAndNothingComesAfterTheLast() {
        var steps = List.of(new Arrivals.Step(20, 100), new Arrivals.Step(0, 50), new Arrivals.Step(80, 100));
        double[] seconds = new Arrivals.Stepped(steps).seconds(MANY, random());

        assertThat(seconds).as("seed %d", SEED).isSorted();
        assertThat(between(seconds, 0, 100)).as("seed %d", SEED).isBetween(1800L, 2200L);
        assertThat(between(seconds, 100, 150)).as("seed %d", SEED).isZero();
        assertThat(between(seconds, 150, 250)).as("seed %d", SEED).isBetween(7600L, 8400L);
        assertThat(seconds[seconds.length - 1]).as("seed %d", SEED).isLessThan(250);
        assertThat(new Arrivals.Stepped(steps).seconds(10, random())).hasSize(10);
    }

    @Test
    void aConstantRateHasEqualIntervalsAndAnInfiniteOneNone() {
        assertThat(new Arrivals.Constant(4).seconds(3, random())).containsExactly(0.25, 0.5, 0.75);
        assertThat(new Arrivals.AtOnce().seconds(3, random())).containsExactly(0, 0, 0);
    }

    @Test
    void veryBurstyArrivalsStayInOrderAndFinite() {
        double[] seconds = new Arrivals.Gamma(2, 1 / (13.0 * 13)).seconds(1000, random());
        assertThat(seconds).as("seed %d", SEED).isSorted();
        assertThat(seconds[999]).as("seed %d", SEED).isCloseTo(500, within(1e-6));
    }

    private static SplittableRandom random() { return new SplittableRandom(SEED); }

    private static long between(double[] seconds, double from, double to) {
        return Arrays.stream(seconds).filter(at -> at >= from && at < to).count();
    }

    private static double[] intervals(double[] seconds) {
        double[] intervals = seconds.clone();
        for (int i = 1; i < seconds.length; i++) {
            intervals[i] = seconds[i] - seconds[i - 1];
        }
        return intervals;
    }

    private static double cv(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average()
                .orElseThrow();
        return Math.sqrt(variance) / mean;
    }
}
