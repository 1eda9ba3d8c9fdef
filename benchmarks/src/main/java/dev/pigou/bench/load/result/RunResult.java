package dev.pigou.bench.load.result;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run against one server.
 *
 * @param label the server's name in reports
 * @param baseUrl where it was
 * @param model as it was asked for
 * @param started wall clock
 * @param durationNanos from the first request due to the last one ended
 * @param closedLoop arrivals waited for answers, so slow answers were asked for less often than a user would
 * @param settings of the workload
 * @param requests in order of their end
 * @param prices in order of time; empty if the server publishes none
 * @param broken why the run ended early, if it did; what came before is kept
 */
public record RunResult(String label, String baseUrl, String model, Instant started, long durationNanos,
        boolean closedLoop, Map<String, Object> settings, List<RequestRecord> requests,
        List<PriceSample> prices, HarnessHealth health, Optional<String> broken) {
    public RunResult {
        settings = Map.copyOf(settings);
        requests = List.copyOf(requests);
        prices = List.copyOf(prices);
    }

    /** True if there are figures, and they may speak of the harness rather than of the server. */
    public boolean harnessWasBottleneck() {
        return requests.stream().anyMatch(RequestRecord::completed) && health.bottleneck(requests.size());
    }
}
