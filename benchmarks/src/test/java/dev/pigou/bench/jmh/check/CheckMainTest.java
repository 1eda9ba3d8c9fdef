package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Expected;
import dev.pigou.bench.jmh.regression.Fork;
import dev.pigou.bench.jmh.regression.Measured;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What can be said without measuring anything. */
final class CheckMainTest {
    private static final Machine MACHINE = new Machine("A chip", 2, "25");

    @TempDir
    private Path folder = Path.of("");

    private static String refusal(String... arguments) {
        var said = new StringWriter();
        var out = new PrintWriter(said, true);
        assertThat(new CheckMain(out, out, List.of()).execute(arguments)).isOne();
        return said.toString().lines().filter(line -> !line.startsWith("BUSY"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void badInputIsNamedInOneLine() throws IOException {
        assertThat(refusal("--forks", "1")).isEqualToIgnoringNewLines(
                "pigou: --forks must be at least 2, or nothing tells how forks differ, but is 1");
        assertThat(refusal("(")).startsWith("pigou: '(' is not a regular expression").hasLineCount(1);
        Path absent = folder.resolve("absent.json");
        assertThat(refusal("--baseline", absent.toString()))
                .contains("there is no baseline " + absent, "--update").hasLineCount(1);
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"machine\": 7}");
        assertThat(refusal("--baseline", broken.toString())).contains(broken.toString(), "--update")
                .hasLineCount(1);
    }

    @Test
    void aBaselineHasALineForEachBenchmarkInOrderAndReadsBack() throws IOException {
        var file = new BaselineFile(folder.resolve("baseline.json"));
        var b = new Expected("b", 0.012345678, List.of(List.of(0.0123, 0.0124)), 24.04);
        var a = new Expected("a", 1e6, List.of(List.of(1e6)), 0);
        file.write(new Baseline(MACHINE, "2026-11-01", List.of(b, a)));
        assertThat(Files.readAllLines(file.path())).anyMatch(line -> line.contains("\"a\""))
                .anyMatch(line -> line.contains("\"b\"") && line.contains("0.01235"));
        assertThat(file.read()).isEqualTo(new Baseline(MACHINE, "2026-11-01",
                List.of(a, new Expected("b", 0.01235, List.of(List.of(0.0123, 0.0124)), 24.0))));
    }

    @Test
    void aFurtherSittingIsKeptApart() {
        var a = new Expected("a", 1, List.of(List.of(1.0)), 0);
        var b = new Expected("b", 1, List.of(List.of(1.0)), 0);
        var fork = new Fork(new double[]{4}, 4e6, 8);
        Baseline further = new Baseline(MACHINE, "2026-11-01", List.of(a, b)).withSitting(
                List.of(new Measured("a", List.of(fork)), new Measured("c", List.of(fork))), "2026-11-02");
        assertThat(further.benchmarks()).containsExactly(
                new Expected("a", 2, List.of(List.of(1.0), List.of(4.0)), 8), b,
                new Expected("c", 4, List.of(List.of(4.0)), 8));
    }

    @Test
    void updatingAPartKeepsTheRest() {
        var a = new Expected("a", 1, List.of(List.of(1.0)), 0);
        var b = new Expected("b", 1, List.of(List.of(1.0)), 0);
        var newer = new Expected("a", 2, List.of(List.of(2.0)), 8);
        assertThat(new Baseline(MACHINE, "2026-11-01", List.of(a, b)).with(List.of(newer), "2026-12-01")
                .benchmarks()).containsExactly(newer, b);
    }
}
