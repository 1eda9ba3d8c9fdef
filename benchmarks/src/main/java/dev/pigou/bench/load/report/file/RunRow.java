package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.report.Summary;
import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.PriceSample;
import dev.pigou.bench.load.result.RunResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run in the file.
 *
 * @param started in ISO 8601
 * @param figures under vLLM's names; for readers of the file, we compute them anew
 */
record RunRow(String label, String baseUrl, String model, String started, long durationNanos,
        boolean closedLoop, Optional<String> broken, Map<String, Object> settings,
        Map<String, @Nullable Object> figures, HarnessHealth health, List<PriceSample> prices,
        RequestColumns requests) {

    static RunRow of(RunResult run, Summary summary) {
        return new RunRow(run.label(), run.baseUrl(), run.model(), run.started().toString(),
                run.durationNanos(), run.closedLoop(), run.broken(), new TreeMap<>(run.settings()),
                VllmKeys.figures(summary), run.health(), run.prices(), RequestColumns.of(run.requests()));
    }

    RunResult run() {
        return new RunResult(label, baseUrl, model, Instant.parse(started), durationNanos, closedLoop,
                settings, requests.records(), prices, health, broken);
    }
}
