package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.RunResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class ServerRunsTest {
    @Test
    void runsThatBrokeOffBeforeTheyMeasuredAnythingAreNoZeros() {
        RunResult good = RunFixture.of("a").run(1);
        var nothing = new RunResult(good.label(), good.baseUrl(), good.model(), good.started(), 0, false,
                good.settings(), List.of(), List.of(), new HarnessHealth(1, 0, 0, 0), Optional.of("gone"));
        ServerRuns runs = of(good, nothing, nothing);
        assertThat(runs.spread(Summary::requestsPerSecond))
                .isEqualTo(of(good).spread(Summary::requestsPerSecond));
        assertThat(runs.typicalRun()).isZero();
        assertThat(of(nothing).spread(Summary::requestsPerSecond).median()).isZero();
        assertThat(nothing.harnessWasBottleneck()).as("there are no figures to distrust").isFalse();
    }

    private static ServerRuns of(RunResult... runs) {
        return ServerRuns.of(new Experiment(List.of(runs), Goodput.parse(List.of()), Map.of(), "", ""))
                .getFirst();
    }
}
