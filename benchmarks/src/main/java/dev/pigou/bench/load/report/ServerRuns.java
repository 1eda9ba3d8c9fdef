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

    /** Of the runs that measured anything, if any did: the others, which broke off before, are no zeros. */
    public Spread spread(ToDoubleFunction<Summary> figure) {
        return Spread.of(measuredRuns().stream().map(summaries::get).mapToDouble(figure));
    }

    private List<Integer> measuredRuns() {
        List<Integer> all = IntStream.range(0, runs.size()).boxed().toList();
        List<Integer> measured = all.stream().filter(run -> !runs.get(run).requests().isEmpty()).toList();
        return measured.isEmpty() ? all : measured;
    }

    /** The index of the run with the median output throughput: where one run must stand for all, it is this one. */
    public int typicalRun() {
        List<Integer> byThroughput = measuredRuns().stream()
                .sorted(Comparator.comparingDouble(run -> summaries.get(run).outputTokensPerSecond()))
                .toList();
        return byThroughput.get((byThroughput.size() - 1) / 2);
    }
}
