package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.check.PlantedBenchmark.Plant;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole command on real benchmarks in real forks, whose code gets worse. */
final class CheckEndToEndTest {
    @TempDir
    private static Path folder;
    private static Path baseline = Path.of("");

    private record Run(int exit, String said) {}

    @BeforeAll
    static void takeBaseline() {
        System.setProperty("jmh.ignoreLock", "true"); // another JMH on this machine may be in the way, but not wrong
        baseline = folder.resolve("baseline.json");
        assertThat(check(Plant.NOTHING, "--update", "--forks", "4").exit()).isZero();
        assertThat(check(Plant.NOTHING, "--add", "--forks", "4").exit()).isZero();
    }

    private static Run check(Plant plant, String... options) {
        var said = new StringWriter();
        var out = new PrintWriter(said, true);
        String[] arguments = List.of(options).toArray(new String[options.length + 3]);
        arguments[options.length] = "\\.PlantedBenchmark\\.";
        arguments[options.length + 1] = "--baseline";
        arguments[options.length + 2] = baseline.toString();
        int exit = new CheckMain(out, out, List.of("-D" + PlantedBenchmark.PLANT + "=" + plant))
                .execute(arguments);
        return new Run(exit, said.toString());
    }

    @RepeatedTest(10)
    void unchangedCodeRaisesNoAlarm() {
        Run run = check(Plant.NOTHING, "--forks", "2");
        assertThat(run.exit()).as(run.said()).isZero();
        assertThat(run.said()).contains("No regression in 1 benchmarks");
    }

    /** One check misses it now and then (RegressionCheckTest says how often), so it may look three times. */
    @Test
    void aFifthMoreWorkIsCaughtAndNamed() {
        Run run = check(Plant.TWENTY_PERCENT_MORE_WORK, "--forks", "3");
        for (int again = 0; again < 2 && run.exit() == 0; again++) {
            run = check(Plant.TWENTY_PERCENT_MORE_WORK, "--forks", "3");
        }
        assertThat(run.exit()).as(run.said()).isOne();
        assertThat(run.said()).contains("SLOWER: Planted.work").doesNotContain("ALLOCATES");
    }

    @Test
    void oneMoreObjectIsCaughtAndNamed() {
        Run run = check(Plant.ONE_MORE_OBJECT, "--forks", "2");
        assertThat(run.exit()).as(run.said()).isOne();
        assertThat(run.said()).contains("ALLOCATES MORE: Planted.work", " 0.0 bytes");
    }

    @Test
    void onAnotherMachineTimeIsSaidButDoesNotDecide() throws IOException {
        Path own = baseline;
        baseline = folder.resolve("elsewhere.json");
        Files.writeString(baseline, Files.readString(own).replaceFirst("\"cores\":\\d+", "\"cores\":4711"));
        try {
            Run run = check(Plant.TWENTY_PERCENT_MORE_WORK, "--forks", "2");
            assertThat(run.exit()).as(run.said()).isZero();
            assertThat(run.said()).contains("ANOTHER MACHINE", "4711 cores", "only bytes decide");
            Run partial = check(Plant.NOTHING, "--update", "--forks", "2");
            assertThat(partial.exit()).as(partial.said()).isOne();
            assertThat(partial.said()).contains("pigou: the baseline was taken on");
        } finally {
            baseline = own;
        }
    }
}
