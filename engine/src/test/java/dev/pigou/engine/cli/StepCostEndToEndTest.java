package dev.pigou.engine.cli;

import dev.pigou.engine.ops.StepCostFile;
import dev.pigou.scheduler.estimate.StepCost;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a real engine's steps take, from its timing to the file that the simulator reads. */
class StepCostEndToEndTest {
    private static final Path MODEL = RunningServer.GOLDEN.resolve("llama");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aServerWritesWhatItTimedAndThenWhatItLearned() {
        Path file = folder.resolve("cost.json");
        StepCost timed;
        try (RunningServer running = RunningServer.serve(MODEL, "--step-cost", file.toString())) {
            timed = StepCostFile.read(file);
            assertThat(timed.baseSeconds()).as("however busy this machine is").isPositive().isLessThan(1);
            for (int i = 0; i < 5; i++) {
                running.json("/v1/completions",
                        "{\"prompt\":[5,6,7,8],\"max_tokens\":16,\"ignore_eos\":true}");
            }
        }
        StepCost learned = StepCostFile.read(file);
        assertThat(learned.baseSeconds()).isPositive().isLessThan(1);
        assertThat(learned).as("from the steps of five answers").isNotEqualTo(timed);
    }

    @Test
    void aFileThatCannotBeWrittenKeepsTheServerFromStarting() {
        assertThatThrownBy(() -> RunningServer.serve(MODEL, "--step-cost", folder.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder + " cannot be written");
    }

    @Test
    void whatIsWrittenIsReadToTheLastBit() {
        var cost = new StepCost(0.1 + 0.2, 1.0 / 3, 1e-300, 0, Math.PI * 1e-6);
        Path file = folder.resolve("exact.json");
        StepCostFile.write(file, cost);
        assertThat(StepCostFile.read(file)).isEqualTo(cost);
    }
}
