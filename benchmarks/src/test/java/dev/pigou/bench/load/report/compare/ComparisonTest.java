package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.RunFixture;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.result.RunResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class ComparisonTest {
    private static final Goodput GOODPUT = Goodput.parse(List.of("ttft:150"));

    @Test
    void aServerIsSeldomDifferentFromItself() {
        int alarms = 0;
        int seeds = 30;
        for (int seed = 0; seed < seeds; seed++) {
            RunFixture server = RunFixture.of("s").runNoise(0.05);
            Comparison comparison = compare(server.repeats(seed, 3), server.repeats(seed + 500, 3), seed);
            alarms += comparison.verdict() == Comparison.Verdict.NO_DIFFERENCE_SHOWN ? 0 : 1;
        }
        assertThat(alarms).as("alarms in %d comparisons of a server with itself", seeds)
                .isLessThanOrEqualTo(3);
    }

    @Test
    void withoutRepeatsNeighboursWhoShareTheirFateMakeNoDifference() {
        int alarms = 0;
        int seeds = 30;
        for (int seed = 0; seed < seeds; seed++) {
            RunFixture server = RunFixture.of("s").runNoise(0).requests(600);
            Comparison comparison = compare(server.repeats(seed, 1), server.repeats(seed + 500, 1), seed);
            assertThat(comparison.repeated()).isFalse();
            alarms += comparison.verdict() == Comparison.Verdict.NO_DIFFERENCE_SHOWN ? 0 : 1;
        }
        assertThat(alarms).as("alarms in %d comparisons of a server with itself", seeds)
                .isLessThanOrEqualTo(4);
    }

    @Test
    void aFifthSlowerIsFoundWithRepeats() {
        for (int seed = 0; seed < 10; seed++) {
            RunFixture server = RunFixture.of("s").requests(500);
            Comparison comparison = compare(server.repeats(seed, 5),
                    server.slowness(1.2).repeats(seed + 500, 5), seed);
            assertThat(comparison.verdict()).as("seed %d", seed).isEqualTo(Comparison.Verdict.SLOWER);
            assertThat(comparison.regressions(10)).as("seed %d", seed).contains("ITL p50, ms");
            assertThat(comparison.regressions(60)).as("seed %d", seed).isEmpty();
            Finding itl = comparison.findings().stream()
                    .filter(finding -> finding.measure().name().equals("ITL p50, ms")).findFirst()
                    .orElseThrow();
            assertThat(itl.ratio()).as("seed %d", seed).isBetween(itl.low(), itl.high()).isCloseTo(1.2,
                    within(0.1));
            Comparison back = compare(server.slowness(1.2).repeats(seed + 500, 5), server.repeats(seed, 5),
                    seed);
            assertThat(back.verdict()).as("seed %d", seed).isEqualTo(Comparison.Verdict.FASTER);
        }
    }

    @Test
    void theSameFilesGiveTheSameIntervals() {
        RunFixture server = RunFixture.of("s").requests(60);
        assertThat(compare(server.repeats(1, 1), server.repeats(2, 1), 3).findings())
                .isEqualTo(compare(server.repeats(1, 1), server.repeats(2, 1), 3).findings());
    }

    @Test
    void differentSettingsAreNamedAndAreNoVerdict() {
        Comparison comparison = compare(RunFixture.of("s").repeats(1, 1),
                RunFixture.of("s").rate(8).slowness(3).repeats(2, 1), 1);
        assertThat(comparison.verdict()).isEqualTo(Comparison.Verdict.INCOMPARABLE);
        assertThat(comparison.obstacles()).containsExactly("--request-rate was 5 for A and 8 for B");
        assertThat(ComparisonTable.of(comparison)).contains("incomparable: --request-rate",
                "cannot tell a change from a bad hour");
    }

    @Test
    void aServerThatFailsMoreIsNotCalledFaster() {
        Comparison comparison = compare(RunFixture.of("s").repeats(1, 3),
                RunFixture.of("s").slowness(0.5).failing(0.2).repeats(2, 3), 1);
        assertThat(comparison.obstacles()).singleElement().asString().contains("of B's");
    }

    @Test
    void aPercentileOfTooFewRequestsIsNotJudged() {
        Comparison comparison = compare(RunFixture.of("s").requests(40).repeats(1, 1),
                RunFixture.of("s").requests(40).slowness(5).repeats(2, 1), 1);
        assertThat(comparison.findings()).filteredOn(finding -> finding.verdict() == Finding.Verdict.TOO_FEW)
                .extracting(finding -> finding.measure().name()).contains("TTFT p99, ms", "E2E p99, ms")
                .doesNotContain("TTFT p50, ms");
    }

    @Test
    void noneThatMeetTheObjectivesIsWorseThanManyAndNoDifferenceFromAFew() {
        RunFixture server = RunFixture.of("s");
        Comparison comparison = compare(server.repeats(1, 3), server.slowness(9).repeats(2, 3), 1);
        assertThat(goodput(comparison).b()).isZero();
        assertThat(goodput(comparison).verdict()).isEqualTo(Finding.Verdict.WORSE);
        assertThat(goodput(comparison).high()).isLessThan(0.1);
        assertThat(comparison.regressions(50)).contains("goodput, requests/s");
        Comparison both = compare(server.slowness(9).repeats(1, 3), server.slowness(9).repeats(2, 3), 1);
        assertThat(goodput(both).verdict()).isEqualTo(Finding.Verdict.TOO_FEW);
    }

    private static Finding goodput(Comparison comparison) {
        return comparison.findings().stream()
                .filter(finding -> finding.measure() instanceof Measure.GoodRequests).findFirst()
                .orElseThrow();
    }

    @Test
    void holmStopsAtTheFirstThatChanceExplains() {
        assertThat(Holm.rejected(new double[]{0.04, 0.001, Double.NaN, 0.02, 0.5}, 0.05))
                .containsExactly(false, true, false, false, false);
        assertThat(Holm.rejected(new double[]{0.03, 0.02}, 0.05)).containsExactly(true, true);
    }

    @Test
    void bucketsFindThePercentileToOnePerCent() {
        int[] counts = new int[Buckets.COUNT];
        for (int millis = 1; millis <= 1000; millis++) {
            counts[Buckets.index(millis * 1_000_000L)]++;
        }
        assertThat(Math.exp(Buckets.logPercentile(counts, 0, 50)) / 1e6).isCloseTo(500, within(6.0));
        assertThat(Math.exp(Buckets.logPercentile(counts, 0, 99)) / 1e6).isCloseTo(990, within(11.0));
        assertThat(Buckets.logPercentile(new int[3], 0, 50)).isNaN();
    }

    private static Comparison compare(List<RunResult> a, List<RunResult> b, long seed) {
        return Comparison.of(server(a), server(b), GOODPUT, seed);
    }

    private static ServerRuns server(List<RunResult> runs) {
        return ServerRuns.of(new Experiment(runs, GOODPUT, Map.of(), "", "")).getFirst();
    }
}
