package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The short list of figures for one tenant of one run. */
public record TenantSummary(String tenant, double seconds, Counts counts, Distribution ttft,
        Distribution e2e) {

    /** By name; empty if the run had only one tenant. */
    static List<TenantSummary> of(List<RequestRecord> requests, double seconds, Goodput goodput) {
        var byTenant = new TreeMap<String, List<RequestRecord>>();
        requests.forEach(
                request -> byTenant.computeIfAbsent(request.tenant(), _ -> new ArrayList<>()).add(request));
        if (byTenant.size() < 2) {
            return List.of();
        }
        return byTenant.entrySet().stream()
                .map(entry -> new TenantSummary(entry.getKey(), seconds, Counts.of(entry.getValue(), goodput),
                        Distribution.of(Metric.TTFT, entry.getValue()),
                        Distribution.of(Metric.E2E, entry.getValue())))
                .toList();
    }

    public double outputTokensPerSecond() { return counts.outputTokens() / seconds; }

    public double goodRequestsPerSecond() { return counts.good() / seconds; }
}
