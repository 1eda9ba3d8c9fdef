package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.cost.CalibrationProfiler;
import dev.pigou.bench.jmh.cost.CostProfiler;
import dev.pigou.bench.jmh.regression.Fork;
import dev.pigou.bench.jmh.regression.Measured;
import dev.pigou.bench.jmh.regression.Measurements;
import dev.pigou.bench.jmh.regression.Median;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures with JMH, each fork a process of its own with the calibration kernel in it. A suite runs round by round, one
 * fork of every benchmark in each, so that a machine that changes slowly changes all benchmarks' forks alike.
 */
final class JmhMeasurements implements Measurements {
    private final Suite suite;
    private final Progress progress;
    private final Map<String, BenchmarkParams> known = new HashMap<>();

    /**
     * Which benchmarks.
     *
     * @param regex on class and method, as JMH's own
     * @param without excluded, likewise
     * @param forkArguments for the JVMs that run them, after those of this one
     */
    record Suite(String regex, List<String> without, List<String> forkArguments) {}

    JmhMeasurements(Suite suite, Progress progress) {
        this.suite = suite;
        this.progress = progress;
    }

    @Override
    public List<Measured> suite(int forks) {
        Map<String, List<Fork>> byName = new TreeMap<>();
        for (int round = 1; round <= forks; round++) {
            progress.stage("round " + round + " of " + forks);
            ChainedOptionsBuilder options = options().include(suite.regex()).forks(1);
            suite.without().forEach(options::exclude);
            collect(run(options), byName);
        }
        return measured(byName);
    }

    @Override
    public List<Measured> again(Set<String> benchmarks) {
        progress.stage("looking again at " + String.join(", ", benchmarks));
        Map<String, List<Fork>> byName = new TreeMap<>();
        for (String name : benchmarks) {
            BenchmarkParams benchmark = Objects.requireNonNull(known.get(name), name);
            ChainedOptionsBuilder options = options()
                    .include("^" + Pattern.quote(benchmark.getBenchmark()) + "$").forks(1);
            benchmark.getParamsKeys().forEach(key -> options.param(key, benchmark.getParam(key)));
            collect(run(options), byName);
        }
        return measured(byName);
    }

    private ChainedOptionsBuilder options() {
        return new OptionsBuilder().addProfiler(CostProfiler.class).addProfiler(CalibrationProfiler.class)
                .shouldFailOnError(true).jvmArgsAppend(suite.forkArguments().toArray(String[]::new));
    }

    private Collection<RunResult> run(ChainedOptionsBuilder options) {
        try {
            return new Runner(options.build(), progress).run();
        } catch (NoBenchmarksException e) {
            throw new IllegalArgumentException("no benchmark's class or method matches '" + suite.regex()
                    + "': ./pigou jmh -l lists them", e);
        } catch (RunnerException e) {
            throw new IllegalArgumentException(
                    "the benchmarks could not be run (" + e.getMessage() + "):\n" + progress.said(), e);
        }
    }

    private void collect(Collection<RunResult> results, Map<String, List<Fork>> byName) {
        for (RunResult result : results) {
            String name = BenchmarkName.of(result.getParams());
            known.put(name, result.getParams());
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(fork(name, fork));
            }
        }
    }

    private static List<Measured> measured(Map<String, List<Fork>> byName) {
        return byName.entrySet().stream().map(entry -> new Measured(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Fork fork(String name, BenchmarkResult result) {
        List<IterationResult> iterations = List.copyOf(result.getIterationResults());
        double[] ratios = iterations.stream()
                .mapToDouble(iteration -> score(name, iteration, CostProfiler.NANOS)
                        / score(name, iteration, CalibrationProfiler.CALIBRATION))
                .toArray();
        return new Fork(ratios, Median.of(iterations, each -> score(name, each, CostProfiler.NANOS)),
                Median.of(iterations, each -> score(name, each, CostProfiler.BYTES)));
    }

    private static double score(String name, IterationResult iteration, String result) {
        var found = iteration.getSecondaryResults().get(result);
        if (found == null) {
            throw new IllegalStateException(name + " does not count its cost: extend CountedBenchmark");
        }
        return found.getScore();
    }
}
