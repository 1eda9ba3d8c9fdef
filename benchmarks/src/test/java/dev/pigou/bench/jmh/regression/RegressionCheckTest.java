package dev.pigou.bench.jmh.regression;

import dev.pigou.bench.jmh.regression.Comparison.Speed;
import dev.pigou.bench.jmh.regression.RegressionCheck.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Rates that CONTRIBUTING promises, on suites whose truth is known. */
final class RegressionCheckTest {
    private static final int BENCHMARKS = 54;
    private static final int SITTINGS = 2;
    private static final int BASELINE_FORKS = 5;
    private static final int FORKS = 3;
    private static final int SEEDS = 200;

    private static Outcome check(SyntheticSuite suite, List<Expected> baseline) {
        return new RegressionCheck(suite, new Tolerance(0.1), FORKS, true).against(baseline);
    }

    private static List<String> culprits(Outcome outcome) {
        return outcome.comparisons().stream().filter(each -> each.isRegression(true))
                .map(Comparison::benchmark).toList();
    }

    /** Of whole checks, not of benchmarks: what multiple comparisons come to. */
    @Test
    void unchangedCodeRaisesNextToNoAlarm() {
        List<String> alarms = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            var suite = new SyntheticSuite(BENCHMARKS, seed);
            for (String culprit : culprits(check(suite, suite.baseline(SITTINGS, BASELINE_FORKS)))) {
                alarms.add("seed " + seed + ": " + culprit);
            }
        }
        assertThat(alarms).hasSizeLessThanOrEqualTo(SEEDS / 100);
    }

    @Test
    void aFifthMoreTimeIsCaughtNearlyAlways() {
        assertThat(aFifthCaught(1)).as("of %d", SEEDS).isGreaterThanOrEqualTo(SEEDS * 90 / 100);
    }

    @Test
    void aFifthMoreTimeIsMostlyCaughtWhereForksAreOfTwoKinds() {
        assertThat(aFifthCaught(0)).as("of %d", SEEDS).isGreaterThanOrEqualTo(SEEDS * 70 / 100);
    }

    private static int aFifthCaught(int slowedBenchmark) {
        int caught = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var suite = new SyntheticSuite(10, seed);
            List<Expected> baseline = suite.baseline(SITTINGS, BASELINE_FORKS);
            String slowed = SyntheticSuite.name(slowedBenchmark);
            suite.slow(slowed, 1.2);
            Outcome outcome = check(suite, baseline);
            caught += culprits(outcome).contains(slowed) ? 1 : 0;
        }
        return caught;
    }

    /** What happened: the baseline's forks all of the faster kind, and by chance the first ones now of the slower. */
    @Test
    void forksOfASlowerKindAreExoneratedByTheFirstFasterOne() {
        var again = new Forks(1.4, 1.4, 1.0, 1.4);
        Outcome outcome = new RegressionCheck(again, new Tolerance(0.1), FORKS, true)
                .against(List.of(Expected.of(Forks.measured(1.0, 1.01, 0.99, 1.0, 1.02))));
        assertThat(culprits(outcome)).isEmpty();
        assertThat(again.left()).as("forks not needed").isOne();
    }

    @Test
    void theSlowestSittingSetsTheStandard() {
        Expected before = Expected.of(Forks.measured(1.0, 1.3, 1.1)).with(Forks.measured(1.4, 1.2, 1.3));
        assertThat(before.fastest()).isEqualTo(1.2);
    }

    /** One benchmark, whose forks are slow at first and then as given. */
    private static final class Forks implements Measurements {
        private final Deque<Double> again = new ArrayDeque<>();

        Forks(Double... again) { this.again.addAll(List.of(again)); }

        static Measured measured(double... ratios) {
            return new Measured("benchmark", Arrays.stream(ratios)
                    .mapToObj(ratio -> new Fork(new double[]{ratio}, ratio, 0)).toList());
        }

        int left() { return again.size(); }

        @Override
        public List<Measured> suite(int forks) { return List.of(measured(1.4, 1.35, 1.45)); }

        @Override
        public List<Measured> again(Set<String> benchmarks) { return List.of(measured(again.remove())); }
    }

    @Test
    void twiceTheTimeIsCaughtAlways() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var suite = new SyntheticSuite(2, seed);
            List<Expected> baseline = suite.baseline(SITTINGS, BASELINE_FORKS);
            suite.slow(SyntheticSuite.name(0), 2);
            assertThat(culprits(check(suite, baseline))).as("seed %d", seed)
                    .containsExactly(SyntheticSuite.name(0));
        }
    }

    @Test
    void oneSmallObjectIsCaughtAlways() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var suite = new SyntheticSuite(5, seed);
            List<Expected> baseline = suite.baseline(SITTINGS, BASELINE_FORKS);
            String allocating = SyntheticSuite.name((int) (seed % 5));
            suite.allocate(allocating, 8);
            assertThat(culprits(check(suite, baseline))).as("seed %d", seed).containsExactly(allocating);
        }
    }

    @Test
    void anObjectThatTheCompilerRemovesInSomeForksIsNoCulprit() {
        var removed = new Fork(new double[]{1}, 1, 8);
        var made = new Fork(new double[]{1}, 1, 328);
        Expected before = Expected.of(new Measured("benchmark", List.of(removed, removed, made)));
        var now = new Measured("benchmark", List.of(made, made, removed));
        assertThat(Comparison.of(before, now, new Tolerance(0.1)).isRegression(true)).isFalse();
    }

    @Test
    void fasterCodeIsMentionedAndNoCulprit() {
        var suite = new SyntheticSuite(3, 1);
        List<Expected> baseline = suite.baseline(SITTINGS, BASELINE_FORKS);
        suite.slow(SyntheticSuite.name(2), 0.5);
        Outcome outcome = check(suite, baseline);
        assertThat(culprits(outcome)).isEmpty();
        assertThat(outcome.comparisons().get(2).speed()).isEqualTo(Speed.FASTER);
    }

    @Test
    void onAnotherMachineOnlyBytesDecide() {
        var suite = new SyntheticSuite(3, 2);
        List<Expected> baseline = suite.baseline(SITTINGS, BASELINE_FORKS);
        suite.slow(SyntheticSuite.name(0), 2);
        suite.allocate(SyntheticSuite.name(1), 24);
        Outcome outcome = new RegressionCheck(suite, new Tolerance(0.1), FORKS, false).against(baseline);
        assertThat(outcome.comparisons()).filteredOn(each -> each.isRegression(false))
                .extracting(Comparison::benchmark).containsExactly(SyntheticSuite.name(1));
        assertThat(outcome.comparisons().getFirst().speed()).isEqualTo(Speed.SLOWER);
    }

    @Test
    void whatIsNewAndWhatIsGoneIsNamed() {
        var suite = new SyntheticSuite(3, 3);
        List<Expected> baseline = new ArrayList<>(suite.baseline(SITTINGS, BASELINE_FORKS));
        baseline.removeFirst();
        baseline.add(new Expected("gone", 1, List.of(List.of(1.0)), 0));
        Outcome outcome = check(suite, baseline);
        assertThat(outcome.fresh()).extracting(Measured::benchmark).containsExactly(SyntheticSuite.name(0));
        assertThat(outcome.missing()).isEqualTo(Set.of("gone"));
    }
}
