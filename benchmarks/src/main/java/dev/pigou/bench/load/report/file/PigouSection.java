package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.Summary;
import java.util.List;
import java.util.Map;

/**
 * What vLLM's file has no place for: every run whole.
 *
 * @param format changes when a reader of the one before could not read it
 * @param goodput the objectives, as on the command line
 */
record PigouSection(int format, String command, String machine, List<String> goodput,
        Map<String, String> metadata, List<RunRow> runs) {
    static final int FORMAT = 1;

    static PigouSection of(Experiment experiment) {
        Goodput goodput = experiment.goodput();
        return new PigouSection(FORMAT, experiment.command(), experiment.machine(),
                goodput.isEmpty() ? List.of() : List.of(goodput.toString()), experiment.metadata(),
                experiment.runs().stream().map(run -> RunRow.of(run, Summary.of(run, goodput))).toList());
    }

    Experiment experiment() {
        return new Experiment(runs.stream().map(RunRow::run).toList(), Goodput.parse(goodput), metadata,
                machine, command);
    }
}
