package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.RunFixture;
import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SummaryTableTest {
    @Test
    void whenTheHarnessWasTheBottleneckThatIsSaidFirst() {
        RunResult run = RunFixture.of("pigou").run(1);
        var overrun = new RunResult(run.label(), run.baseUrl(), run.model(), run.started(),
                run.durationNanos(), true, run.settings(), run.requests(), run.prices(),
                new HarnessHealth(0.97, 12, 30_000_000, 90_000_000), Optional.of("the server went away"));
        String table = table(List.of(overrun));
        assertThat(table.strip()).startsWith("!! THE HARNESS WAS THE BOTTLENECK");
        assertThat(table).contains("speak of the harness", "CLOSED LOOP: a slow server was asked less often",
                "BROKEN OFF (pigou): the run ended early: the server went away");
    }

    @Test
    void answersWithoutTextAreCountedBecauseTheyHaveNoLatencies() {
        RunResult run = RunFixture.of("pigou").requests(30).run(1);
        RequestRecord said = run.requests().getFirst();
        var silent = new RequestRecord(said.session(), said.turn(), said.tenant(), said.intendedNanos(),
                said.sentNanos(), -1, said.endNanos(), new long[0], said.promptTokens(), said.outputTokens(),
                said.cachedTokens(), said.finishReason(), said.charge(), said.welfare(),
                said.retryAfterSeconds(), false, Optional.empty());
        var requests = new ArrayList<>(run.requests());
        requests.add(silent);
        var result = new RunResult(run.label(), run.baseUrl(), run.model(), run.started(),
                run.durationNanos(), false, run.settings(), requests, run.prices(), run.health(),
                Optional.empty());
        assertThat(table(List.of(result))).contains("pigou: 1 answers came without a piece of text");
        assertThat(table(List.of(run))).doesNotContain("without a piece of text");
    }

    @Test
    void percentilesOfTooFewRequestsAreShownAndMarked() {
        String table = table(List.of(RunFixture.of("pigou").requests(100).run(1)));
        assertThat(table).containsPattern("TTFT .*\\d\\* ").contains("* too few requests");
    }

    @Test
    void everyLayoutFitsAHundredColumns() {
        List<RunResult> runs = new ArrayList<>();
        for (String label : List.of("pigou", "llama-server", "vllm", "another-server")) {
            runs.addAll(RunFixture.of(label).failing(0.1).tenants("x", "a-tenant-with-quite-a-long-name", "y")
                    .repeats(label.length(), 3));
            String table = table(runs);
            assertThat(table.lines()).as(table).allMatch(line -> line.length() <= Paragraph.WIDTH);
            assertThat(table).contains(label);
        }
    }

    @Test
    void severalServersHaveTheRatioToTheFirst() {
        List<RunResult> runs = new ArrayList<>(RunFixture.of("a").runNoise(0).repeats(1, 3));
        runs.addAll(RunFixture.of("b").runNoise(0).slowness(2).repeats(1, 3));
        assertThat(table(runs)).containsPattern("ITL p50, ms .*\\.\\..* 2\\.00×");
    }

    private static String table(List<RunResult> runs) {
        return SummaryTable.of(new Experiment(runs, Goodput.parse(List.of("ttft:200")), Map.of(), "", ""));
    }
}
