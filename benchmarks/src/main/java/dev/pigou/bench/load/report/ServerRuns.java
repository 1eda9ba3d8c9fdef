package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The repeats against one server.
 *
 * @param runs at least one, in the order they ran
 * @param summaries one for each run
 */
public record ServerRuns(String label, List<RunResult> runs, List<Summary> summaries) {
    public ServerRuns {
        runs = List.copyOf(runs);
        summaries = List.copyOf(summaries);
    }

    /** In the order in which the servers first came. */
    public static List<ServerRuns> of(Experiment experiment) {
        return of(experiment, experiment.goodput());
    }

    public static List<ServerRuns> of(Experiment experiment, Goodput goodput) {
        var byLabel = new LinkedHashMap<String, List<RunResult>>();
        experiment.runs()
                .forEach(run -> byLabel.computeIfAbsent(run.label(), _ -> new ArrayList<>()).add(run));
        return byLabel.entrySet().stream().map(entry -> new ServerRuns(entry.getKey(), entry.getValue(),
                entry.getValue().stream().map(run -> Summary.of(run, goodput)).toList())).toList();
    }

    public Spread spread(ToDoubleFunction<Summary> figure) {
        return Spread.of(summaries.stream().mapToDouble(figure));
    }

    /** The index of the run with the median output throughput: where one run must stand for all, it is this one. */
    public int typicalRun() {
        List<Integer> byThroughput = IntStream.range(0, runs.size()).boxed()
                .sorted(Comparator.comparingDouble(run -> summaries.get(run).outputTokensPerSecond()))
                .toList();
        return byThroughput.get((runs.size() - 1) / 2);
    }
}
