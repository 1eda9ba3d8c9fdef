package dev.pigou.bench.cli;

import dev.pigou.bench.load.stub.StubConfig;
import dev.pigou.bench.load.stub.StubFault;
import dev.pigou.bench.load.stub.StubServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code pigou bench} as a script meets it: what it says, what it leaves behind, and its exit code. */
final class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aServerThatAnswersIsExitZero() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            assertThat(bench(stub.baseUrl())).as(err.toString()).isZero();
            assertThat(out.toString()).contains("TTFT", "Wrote " + result());
        }
    }

    @Test
    void aServerThatIsNotThereIsExitOneAndNamed() throws IOException {
        String nobody = "http://127.0.0.1:" + freePort();
        assertThat(bench(nobody)).isEqualTo(1);
        assertThat(err.toString()).contains("nobody listens on 127.0.0.1", "--base-url");
        assertThat(bench("http://nowhere.invalid")).isEqualTo(1);
        assertThat(err.toString()).contains("the host's name is not known");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"MALFORMED_STREAM | an event that is not JSON",
            "WRONG_CONTENT_TYPE | let --base-url lead to an OpenAI API",
            "DIES_MID_STREAM | closed the connection before its answer was whole",
            "SERVER_ERROR | 500: the stub has failed"})
    void aServerThatFailsIsExitOneAndLeavesItsFailures(StubFault fault, String said)
            throws InterruptedException, IOException {
        try (StubServer stub = StubServer.start(StubConfig.instant().withFault(fault))) {
            assertThat(bench(stub.baseUrl())).isEqualTo(1);
            assertThat(err.toString()).contains("not one request of the warm-up was answered", said);
            assertThat(out.toString()).contains("Nothing was measured").doesNotContain("TTFT", "BOTTLENECK");
            assertThat(bench(stub.baseUrl(), "--warmup", "0")).isEqualTo(1);
            assertThat(out.toString()).contains("errors (", said.substring(0, 20))
                    .doesNotContain("BOTTLENECK");
            assertThat(Files.readString(result())).containsPattern("\"failed\" ?: ?3");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--request-rate 0 | --request-rate must be above 0",
            "--concurrency 2 --request-rate 3 | contradicts", "--num-promps 3 | --num-prompts"})
    void flagsThatCannotBeMetAreExitTwo(String flags, String said) {
        assertThat(bench("http://127.0.0.1:1", flags.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(said);
        assertThat(result()).doesNotExist();
    }

    @Test
    void aBrokenTraceIsExitTwoAndNamesItsLine() throws IOException {
        Path trace = Files.writeString(folder.resolve("trace.jsonl"), """
                {"timestamp": 0, "input_length": 8, "output_length": 2, "hash_ids": [0]}
                {"timestamp": 9, "input_length": 8, "outpu""");
        assertThat(run(List.of("bench", "--dataset-name", "trace", "--dataset-path", trace.toString())))
                .isEqualTo(2);
        assertThat(err.toString()).contains(trace + ":2: is not valid JSON").doesNotContain("[Source");
    }

    private int bench(String baseUrl, String... flags) {
        List<String> line = new ArrayList<>(
                List.of("bench", "--base-url", baseUrl, "--num-prompts", "3", "--random-input-len", "4",
                        "--random-output-len", "4", "--result-filename", result().toString()));
        line.addAll(List.of(flags));
        return run(line);
    }

    private int run(List<String> line) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), line.toArray(String[]::new));
    }

    private Path result() { return folder.resolve("result.json"); }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
