package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RunResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that one command measured: the runs of one or more servers, and what a reader needs to judge and repeat them.
 *
 * @param runs at least one, in the order they ran; those with the same label are repeats against one server
 * @param metadata what the user wanted written down
 * @param machine that the harness ran on
 * @param command that makes it again
 */
public record Experiment(List<RunResult> runs, Goodput goodput, Map<String, String> metadata, String machine,
        String command) {
    public Experiment {
        runs = List.copyOf(runs);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("nothing was run, so there is nothing to report");
        }
    }
}
