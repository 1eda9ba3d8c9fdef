package dev.pigou.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class PeerTableTest {
    @TempDir
    private Path directory;

    @Test
    void ourLossIsMarkedAndTheBestIsBold() throws IOException {
        Path servers = write("c16.json",
                "{\"label\": \"pigou\", \"pigou\": {\"runs\": [" + run("pigou", 80, 20) + ","
                        + run("llama.cpp", 100, 30) + "," + run("llama.cpp", 140, 30) + ","
                        + run("pigou", 100, 20) + "]}}");

        assertThat(PeerTable.of(List.of(servers)).lines().skip(2)).containsExactly(
                "| c16 | pigou | 2 | 90.0 ▼ 0.75× | 9.00 ▼ 0.75× | **20** | **40** | **7.0** | 2 of 20 |",
                "| c16 | llama.cpp | 2 | **120.0** | **12.00** | 30 | 60 | **7.0** | 2 of 20 |");
    }

    @Test
    void anotherFileOfTheScenarioAddsARowAndWhatItDoesNotSayIsADash() throws IOException {
        Path servers = write("single.json", run("pigou", 10, 20));
        Path inProcess = write("single.nano.json",
                "{\"label\": \"nano\", \"output_throughput\": 5, \"completed\": 3, \"failed\": 0}");
        Path other = write("trace.json", run("pigou", 10, 20));

        assertThat(PeerTable.of(List.of(servers, inProcess, other)).lines().skip(2)).satisfiesExactly(
                row -> assertThat(row).startsWith("| single | pigou | 1 | **10.0** |"),
                row -> assertThat(row).isEqualTo("| single | nano | 1 | 5.0 | – | – | – | – | 0 of 3 |"),
                row -> assertThat(row).startsWith("| trace | pigou | 1 | **10.0** |"));
    }

    @Test
    void aFileThatIsNoResultIsNamed() throws IOException {
        Path broken = write("c16.json", "{");
        Path other = write("c64.json", "{\"a\": 1}");

        assertThatThrownBy(() -> PeerTable.of(List.of(broken))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c16.json is not valid JSON");
        assertThatThrownBy(() -> PeerTable.of(List.of(other))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c64.json has a run without a label");
    }

    private Path write(String name, String json) throws IOException {
        return Files.writeString(directory.resolve(name), json);
    }

    private static String run(String label, double tokensPerSecond, double ttftMillis) {
        String figures = "\"output_throughput\": %s, \"request_throughput\": %s, \"median_ttft_ms\": %s, "
                .formatted(tokensPerSecond, tokensPerSecond / 10, ttftMillis)
                + "\"p99_ttft_ms\": %s, \"median_tpot_ms\": 7, \"completed\": 9, \"failed\": 1"
                        .formatted(2 * ttftMillis);
        return "{\"label\": \"%s\", %s, \"figures\": {%s}}".formatted(label, figures, figures);
    }
}
