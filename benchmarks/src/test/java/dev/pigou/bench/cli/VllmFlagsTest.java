package dev.pigou.bench.cli;

import dev.pigou.bench.load.stub.StubConfig;
import dev.pigou.bench.load.stub.StubServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A command line written for {@code vllm bench serve}, with {@code ./pigou bench} in front of it instead. */
final class VllmFlagsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aCommandLineForVllmIsTakenAsItIs() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            int port = URI.create(stub.baseUrl()).getPort();
            assertThat(bench("--backend vllm --host 127.0.0.1 --port " + port + " --endpoint /v1/completions"
                    + " --model some/model --served-model-name stub --dataset-name random --num-prompts 4"
                    + " --random-input-len 8 --random-output-len 4 --random-prefix-len 4"
                    + " --random-range-ratio 0.1 --request-rate inf --burstiness 0.5 --max-concurrency 2"
                    + " --goodput ttft:500 tpot:50 --seed 7 --ignore-eos --temperature 0 --top-p 0.9 --top-k 5"
                    + " --header a=b c=d --trust-remote-code --tokenizer-mode auto --num-warmups 1"
                    + " --ready-check-timeout-sec 5 --percentile-metrics ttft,tpot,itl,e2el"
                    + " --metric-percentiles 25,99.5 --disable-tqdm --save-result --save-detailed"
                    + " --metadata a=b c=d --label here --result-filename r.json --result-dir " + folder))
                    .as(err.toString()).isZero();
        }
        assertThat(err.toString().lines()).containsExactlyInAnyOrder(
                "pigou: --trust-remote-code has no effect: no model's code is run",
                "pigou: --tokenizer-mode has no effect: --tokenizer DIR says all",
                "pigou: --percentile-metrics has no effect: every latency is reported",
                "pigou: --burstiness has no effect: it shapes the intervals of a finite --request-rate");
        JsonNode json = JsonMapper.shared().readTree(folder.resolve("r.json"));
        assertThat(json.get("completed").intValue()).isEqualTo(4);
        assertThat(json.get("model_id").stringValue()).isEqualTo("stub");
        assertThat(json.get("label").stringValue()).isEqualTo("here");
        assertThat(json.get("p25_ttft_ms").asDouble()).isPositive()
                .isLessThanOrEqualTo(json.get("p99.5_ttft_ms").asDouble());
        assertThat(json.get("request_goodput").isNumber()).isTrue();
    }

    @Test
    void withSaveResultTheFileIsNamedAsVllmNamesIt() throws InterruptedException, IOException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            assertThat(bench("--base-url " + stub.baseUrl() + " --num-prompts 2 --input-len 4 --output-len 4"
                    + " --request-rate 1000 --max-concurrency 2 --label x/y --save-result --result-dir "
                    + folder)).as(err.toString()).isZero();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).singleElement().asString()
                    .matches("x_y-1000\\.0qps-concurrency2-.+-\\d{8}-\\d{6}\\.json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-self-timed", "--disable-shuffle", "--append-result",
            "--ramp-up-strategy linear --ramp-up-start-rps 1 --ramp-up-end-rps 4", "--probe-request-rate 1",
            "--plot-timeline", "--plot-dataset-stats", "--profile", "--use-beam-search", "--logprobs 3",
            "--lora-modules a b", "--prefix-repetition-prefix-len 8"})
    void whatWouldChangeTheFiguresIsRefusedAndSaysWhatToUse(String flags) {
        assertThat(bench("--base-url http://127.0.0.1:1 " + flags)).isEqualTo(2);
        assertThat(err.toString().strip())
                .startsWith("pigou: " + flags.replaceFirst(" .*", "") + " is not supported; ")
                .hasLineCount(1);
    }

    @Test
    void thoseThatAreNotOursAreNotInTheHelp() {
        assertThat(bench("--help")).isZero();
        assertThat(out.toString()).contains("--metric-percentiles").doesNotContain("--trust-remote-code");
    }

    private int bench(String flags) {
        List<String> line = new ArrayList<>(List.of("bench"));
        line.addAll(List.of(flags.split(" ")));
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), line.toArray(String[]::new));
    }
}
