package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CalibrationProfiler;
import dev.pigou.bench.jmh.cost.CostProfiler;
import java.util.Collection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import static org.assertj.core.api.Assertions.assertThat;

/** Each benchmark runs, for a moment and with its smallest parameters, and counts what it costs. */
final class EveryBenchmarkTest {
    @BeforeAll
    static void findTheSourceTree() {
        System.setProperty("pigou.home", "..");
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void runsAndCountsItsCost() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder().include("^dev\\.pigou\\.")
                .exclude("PlantedBenchmark").forks(0).warmupIterations(0).measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1)).param("running", "16").param("waiting", "0")
                .param("cachedBlocks", "1024").param("model", "demo").param("sequences", "1")
                .addProfiler(CostProfiler.class).addProfiler(CalibrationProfiler.class)
                .verbosity(VerboseMode.SILENT).shouldFailOnError(true).build()).run();
        assertThat(results).hasSizeGreaterThan(15);
        for (RunResult result : results) {
            assertThat(result.getSecondaryResults()).as(result.getParams().getBenchmark())
                    .containsKeys(CostProfiler.BYTES, CostProfiler.NANOS, CalibrationProfiler.CALIBRATION);
        }
    }
}
