package dev.pigou.bench.cli;

import dev.pigou.bench.load.report.RunFixture;
import dev.pigou.bench.load.result.RunResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The flags that write results and the command that compares them, as a user meets them. */
final class ReportCommandsTest {
    private final StringWriter said = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void whatIsWrittenCanBeCompared() {
        Path a = written("a.json", RunFixture.of("s").repeats(1, 3));
        Path b = written("b.json", RunFixture.of("s").slowness(1.5).repeats(2, 3));
        assertThat(said.toString()).contains("Wrote " + a, "Wrote " + folder.resolve("a.html"));
        assertThat(compare(a, b)).isZero();
        assertThat(said.toString()).contains("Verdict: B is slower (", "ITL p50");
        assertThat(compare("--fail-on-regression=20", a, b)).isEqualTo(3);
        assertThat(compare("--fail-on-regression=90", a, b)).isZero();
        assertThat(compare("--fail-on-regression=0", b, a)).isZero();
        assertThat(said.toString()).contains("Verdict: B is faster (");
    }

    @Test
    void twoServersOfOneFileAreComparedWithEachOther() {
        List<RunResult> runs = new ArrayList<>(RunFixture.of("old").repeats(1, 1));
        runs.addAll(RunFixture.of("new").repeats(2, 1));
        Path both = written("both.json", runs);
        assertThat(compare(both)).isZero();
        assertThat(said.toString()).contains("A  old", "B  new", "cannot tell a change from a bad hour");
        Path other = written("other.json", RunFixture.of("third").repeats(1, 1));
        assertThat(compare(both, other)).isEqualTo(1);
        assertThat(said.toString()).contains("no server is in both files: ", "has old, new", "has third");
    }

    @Test
    void aFileThatIsNoResultIsOneLineAndExitOne() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"pigou\": {");
        assertThat(compare(broken, broken)).isEqualTo(1);
        assertThat(said.toString().strip()).startsWith(broken + " is no result of ./pigou bench")
                .doesNotContain("\n");
    }

    @Test
    void whatCannotBeWrittenIsToldBeforeTheRun() {
        assertThatThrownBy(
                () -> flags("--result-filename", folder.resolve("no/such/f.json").toString()).check())
                .hasMessageContaining("there is no folder");
        assertThatThrownBy(() -> flags("--html", folder.toString()).check())
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> flags("--goodput", "ttft:1", "speed:3").check())
                .hasMessageContaining("'speed'");
        assertThatThrownBy(() -> flags("--metric-percentiles", "50,101").check())
                .hasMessageContaining("--metric-percentiles must be from 0 to 100");
        assertThatThrownBy(() -> flags("--metadata", "nothing").check()).hasMessageContaining("KEY=VALUE");
        assertThatThrownBy(
                () -> flags("--html", "same", "--result-filename", "same", "--result-dir", folder.toString())
                        .check())
                .hasMessageContaining("same file");
        assertThat(folder).isEmptyDirectory();
    }

    private Path written(String name, List<RunResult> runs) {
        ReportFlags flags = flags("--result-dir", folder.toString(), "--result-filename", name, "--html",
                name.replace("json", "html"), "--goodput", "ttft:200", "--metadata", "commit=abc");
        flags.check();
        flags.report(runs, "./pigou bench", new PrintWriter(said));
        return folder.resolve(name);
    }

    private int compare(Object... arguments) {
        var line = new CommandLine(new CompareCommand()).setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said)).setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                });
        return line.execute(List.of(arguments).stream().map(String::valueOf).toArray(String[]::new));
    }

    private static ReportFlags flags(String... arguments) {
        var bench = new Bench();
        new CommandLine(bench).parseArgs(arguments);
        return bench.flags;
    }

    @Command(name = "bench")
    private static final class Bench {
        @Mixin
        private final ReportFlags flags = new ReportFlags();
    }
}
