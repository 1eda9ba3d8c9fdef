package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.RunFixture;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Summary;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class ResultFileTest {
    private static final Goodput GOODPUT = Goodput.parse(List.of("ttft:100"));

    @TempDir
    private Path folder = Path.of("");

    @Test
    void vllmsKeysHaveVllmsUnits() {
        RunResult run = RunFixture.of("pigou").failing(0.05).run(3);
        JsonNode json = written(experiment(List.of(run)), true);
        Summary summary = Summary.of(run, GOODPUT);
        assertThat(json.get("label").stringValue()).isEqualTo("pigou");
        assertThat(json.get("date").stringValue()).isEqualTo("20261124-150003");
        assertThat(json.get("request_rate").asDouble()).isEqualTo(5);
        assertThat(json.get("num_prompts").intValue()).isEqualTo(300);
        assertThat(json.get("max_concurrency").isNull()).isTrue();
        assertThat(json.get("completed").intValue()).isEqualTo(summary.counts().completed());
        assertThat(json.get("duration").asDouble()).isCloseTo(run.durationNanos() / 1e9, within(1e-9));
        assertThat(json.get("request_goodput").asDouble())
                .isCloseTo(summary.counts().good() / summary.seconds(), within(1e-9));
        for (Metric metric : Metric.values()) {
            for (String statistic : List.of("mean", "median", "std", "p90", "p99", "p99.9", "p25", "p99.5")) {
                assertThat(json.has(statistic + "_" + metric.key() + "_ms")).as(metric.key()).isTrue();
            }
        }
        assertThat(json.get("median_ttft_ms").asDouble())
                .isCloseTo(summary.latency(Metric.TTFT).percentileMillis(50), within(1e-9));
        RequestRecord last = run.requests().getLast();
        assertThat(json.get("ttfts").get(299).asDouble()).isCloseTo(last.ttftNanos() / 1e9, within(1e-12));
        assertThat(json.get("itls").get(299).get(0).asDouble()).isCloseTo(last.gapsNanos()[0] / 1e9,
                within(1e-12));
        assertThat(json.get("output_lens").get(299).intValue()).isEqualTo(last.outputTokens());
        assertThat(json.get("errors").get(299).stringValue()).isEmpty();
        assertThat(json.get("machine").stringValue()).isEqualTo("quiet");
        assertThat(json.get("failed").isNumber()).as("metadata does not overwrite figures").isTrue();
        assertThat(written(experiment(List.of(run)), false).has("itls")).isFalse();
    }

    @Test
    void everyRunOfEveryServerIsReadBackAsItWas() {
        List<RunResult> runs = new ArrayList<>(
                RunFixture.of("a").requests(40).failing(0.2).tenants("x", "y").repeats(5, 2));
        RunResult other = RunFixture.of("b").requests(20).run(9);
        runs.add(new RunResult(other.label(), other.baseUrl(), other.model(), other.started(),
                other.durationNanos(), true, Map.of("concurrency", 4), other.requests(), other.prices(),
                other.health(), Optional.of("the server went away")));
        Path file = folder.resolve("r.json");
        Experiment before = experiment(runs);
        ResultFile.write(file, before, List.of(), false);
        Experiment after = ResultFile.read(file);
        assertThat(after).usingRecursiveComparison().isEqualTo(before);
        assertThat(ServerRuns.of(after)).extracting(ServerRuns::label).containsExactly("a", "b");
        assertThat(folder).isDirectoryContaining(path -> path.equals(file))
                .isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }

    @Test
    void whatIsNoResultFileIsNamedInOneLine() throws IOException {
        Path missing = folder.resolve("missing.json");
        assertThatThrownBy(() -> ResultFile.read(missing))
                .hasMessage(missing + " cannot be read: there is " + "no such file");
        for (String text : List.of("", "[1]", "{\"completed\": 3}", "{\"pigou\": {\"format\": 1}}",
                "{\"pigou\": {\"format\": 1, \"runs\"", "not json")) {
            Path file = Files.writeString(folder.resolve("other.json"), text);
            assertThatThrownBy(() -> ResultFile.read(file)).as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(file + " is no result of ./pigou bench, or a broken one: ")
                    .message().doesNotContain("\n");
        }
    }

    @Test
    void columnsThatDifferInLengthAreRefused() throws IOException {
        Path file = folder.resolve("r.json");
        ResultFile.write(file, experiment(List.of(RunFixture.of("a").requests(3).run(1))), List.of(), false);
        Files.writeString(file, Files.readString(file).replaceFirst("\"turn\":\\[0,", "\"turn\":["));
        assertThatThrownBy(() -> ResultFile.read(file)).hasMessageContaining("differ in length");
    }

    private JsonNode written(Experiment experiment, boolean detailed) {
        Path file = folder.resolve("written.json");
        ResultFile.write(file, experiment, List.of(25.0, 99.5), detailed);
        return JsonMapper.shared().readTree(file);
    }

    private static Experiment experiment(List<RunResult> runs) {
        return new Experiment(runs, GOODPUT, Map.of("machine", "quiet", "failed", "no"), "2 cores",
                "./pigou bench");
    }
}
