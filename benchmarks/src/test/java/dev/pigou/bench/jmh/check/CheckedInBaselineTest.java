package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Expected;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;

import static org.assertj.core.api.Assertions.assertThat;

/** What nobody expected anything of, no check can call dearer. */
final class CheckedInBaselineTest {
    private static final Path BASELINE = Path.of("jmh-baseline.json");

    @Test
    void itNamesEveryBenchmarkWithEachOfItsParametersAndNothingElse() {
        var silent = new Progress(new PrintWriter(new StringWriter()));
        List<String> names = BenchmarkList.defaultList()
                .find(silent, List.of("^dev\\.pigou\\."), List.of("PlantedBenchmark")).stream()
                .flatMap(CheckedInBaselineTest::names).toList();
        assertThat(new BaselineFile(BASELINE).read().benchmarks()).extracting(Expected::benchmark)
                .as("./pigou jmh check --update makes it so").containsExactlyInAnyOrderElementsOf(names);
    }

    private static Stream<String> names(BenchmarkListEntry benchmark) {
        Map<String, String[]> parameters = new TreeMap<>(benchmark.getParams().orElse(Map.of()));
        Stream<String> settings = Stream.of("");
        for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
            settings = settings.flatMap(before -> Stream.of(parameter.getValue())
                    .map(value -> before + (before.isEmpty() ? "" : ",") + parameter.getKey() + "=" + value));
        }
        String name = BenchmarkName.ofMethod(benchmark.getUsername());
        return settings.map(setting -> setting.isEmpty() ? name : name + "(" + setting + ")");
    }
}
