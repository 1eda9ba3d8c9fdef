package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class SummaryTest {
    private static final long SEED = 7;
    private final RunResult run = RunFixture.of("a").failing(0.1).tenants("x", "y").run(SEED);
    private final Summary summary = Summary.of(run, Goodput.parse(List.of("ttft:100", "e2el:900")));

    @Test
    void throughputCountsCompletedRequestsAndNoOthers() {
        int completed = 0;
        int good = 0;
        long tokens = 0;
        for (RequestRecord request : run.requests()) {
            if (request.failure().isEmpty() && !request.disconnected()) {
                completed++;
                tokens += request.outputTokens();
                double ttft = (request.firstTokenNanos() - request.intendedNanos()) / 1e6;
                double e2e = (request.endNanos() - request.intendedNanos()) / 1e6;
                good += ttft <= 100 && e2e <= 900 ? 1 : 0;
            }
        }
        double seconds = run.durationNanos() / 1e9;
        assertThat(good).isBetween(10, completed - 10);
        assertThat(summary.requestsPerSecond()).isCloseTo(completed / seconds, within(1e-9));
        assertThat(summary.outputTokensPerSecond()).isCloseTo(tokens / seconds, within(1e-9));
        assertThat(summary.goodRequestsPerSecond()).isCloseTo(good / seconds, within(1e-9));
        Counts counts = summary.counts();
        assertThat(counts.completed() + counts.failed() + counts.disconnected()).isEqualTo(300);
        assertThat(counts.refused()).isBetween(1, counts.failed() - 1);
    }

    @Test
    void percentilesAreThoseOfTheSortedValuesFromWhenRequestsWereDue() {
        double[] millis = run.requests().stream().filter(RequestRecord::completed)
                .mapToDouble(request -> (request.firstTokenNanos() - request.intendedNanos()) / 1e6).sorted()
                .toArray();
        Distribution ttft = summary.latency(Metric.TTFT);
        assertThat(ttft.count()).isEqualTo(millis.length);
        assertThat(ttft.meanMillis()).isCloseTo(Arrays.stream(millis).average().orElseThrow(), within(1e-6));
        assertThat(ttft.minMillis()).isCloseTo(millis[0], within(1e-6));
        assertThat(ttft.maxMillis()).isCloseTo(millis[millis.length - 1], within(1e-6));
        double rank = 0.9 * (millis.length - 1);
        int below = (int) rank;
        assertThat(ttft.percentileMillis(90)).isCloseTo(
                millis[below] + (rank - below) * (millis[below + 1] - millis[below]), within(1e-6));
        assertThat(ttft.thin(90)).isFalse();
        assertThat(ttft.thin(99.9)).isTrue();
    }

    @Test
    void aHistogramOfManyValuesAgreesWithTheValuesToThreeDigits() {
        Distribution exact = Distribution.of(Metric.ITL, run.requests());
        Distribution histogram = Distribution.of(Metric.ITL, run.requests(), 100);
        assertThat(exact).isInstanceOf(ExactDistribution.class);
        assertThat(histogram).isInstanceOf(HistogramDistribution.class);
        assertThat(histogram.count()).isEqualTo(exact.count());
        for (double percentile : new double[]{0, 50, 90, 99, 100}) {
            double expected = exact.percentileMillis(percentile);
            assertThat(histogram.percentileMillis(percentile)).as("p%s", percentile).isCloseTo(expected,
                    within(expected * 3e-3));
        }
        assertThat(histogram.stdMillis()).isCloseTo(exact.stdMillis(), within(exact.stdMillis() * 1e-2));
    }

    @Test
    void peakConcurrencyIsThatOfAScanOfEveryMoment() {
        int most = run.requests().stream()
                .mapToInt(at -> (int) run.requests().stream().filter(
                        other -> other.sentNanos() <= at.sentNanos() && at.sentNanos() < other.endNanos())
                        .count())
                .max().orElseThrow();
        assertThat(summary.peakConcurrency()).isEqualTo(most);
        assertThat(Arrays.stream(Timeline.of(run).inFlight()).max().orElseThrow()).isEqualTo(most);
    }

    @Test
    void everyTokenIsSomewhereOnTheTimeLine() {
        Timeline timeline = Timeline.of(run);
        double tokens = Arrays.stream(timeline.tokensPerSecond()).sum() * timeline.stepSeconds();
        double sent = run.requests().stream().mapToInt(RequestRecord::outputTokens).sum();
        assertThat(tokens).isCloseTo(sent, within(1e-6));
        assertThat(summary.peakTokensPerSecond()).isBetween(sent / summary.seconds(), sent);
        assertThat(Arrays.stream(timeline.errorsPerSecond()).sum() * timeline.stepSeconds())
                .isCloseTo(summary.counts().failed(), within(1e-9));
    }

    @Test
    void tenantsAddUpToTheWhole() {
        assertThat(summary.tenants()).extracting(TenantSummary::tenant).containsExactly("x", "y");
        assertThat(summary.tenants().stream().mapToInt(tenant -> tenant.counts().completed()).sum())
                .isEqualTo(summary.counts().completed());
        assertThat(summary.tenants().stream().mapToDouble(tenant -> tenant.counts().charge().orElseThrow())
                .sum()).isCloseTo(summary.counts().charge().orElseThrow(), within(1e-9));
    }

    @Test
    void whereOneRunStandsForAllItIsTheOneOfMedianThroughput() {
        List<RunResult> runs = List.of(RunFixture.of("a").rate(9).run(1), RunFixture.of("a").rate(3).run(2),
                RunFixture.of("a").rate(6).run(3));
        var experiment = new Experiment(runs, Goodput.NONE, Map.of(), "", "");
        assertThat(ServerRuns.of(experiment)).singleElement()
                .satisfies(server -> assertThat(server.typicalRun()).isEqualTo(2));
    }
}
