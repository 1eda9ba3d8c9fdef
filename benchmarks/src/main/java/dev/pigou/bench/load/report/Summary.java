package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.util.List;

/**
 * The figures of one run.
 *
 * @param seconds from the first request due to the last one ended
 * @param goodputAsked there were objectives; without any, every completed request is good
 * @param peakTokensPerSecond the most output tokens in any one second, those of requests that failed later among them
 * @param peakConcurrency the most requests that were in flight at once
 * @param tenants by name; empty if there was only one
 */
public record Summary(double seconds, Counts counts, boolean goodputAsked, double peakTokensPerSecond,
        int peakConcurrency, PerMetric<Distribution> latencies, List<TenantSummary> tenants,
        HarnessHealth health) {
    private static final double NANOS_PER_SECOND = 1e9;

    public static Summary of(RunResult run, Goodput goodput) {
        List<RequestRecord> requests = run.requests();
        // A run that ended at once has no rate; it is told as broken, and need not divide by zero too.
        double seconds = Math.max(run.durationNanos(), 1) / NANOS_PER_SECOND;
        return new Summary(seconds, Counts.of(requests, goodput), !goodput.isEmpty(),
                TokenRate.peakPerSecond(requests), Concurrency.peak(requests),
                new PerMetric<>(metric -> Distribution.of(metric, requests)),
                TenantSummary.of(requests, seconds, goodput), run.health());
    }

    public Distribution latency(Metric metric) { return latencies.get(metric); }

    public double requestsPerSecond() { return counts.completed() / seconds; }

    /** NaN if there were no objectives. */
    public double goodRequestsPerSecond() {
        return goodputAsked ? counts.good() / seconds : Double.NaN;
    }

    public double outputTokensPerSecond() { return counts.outputTokens() / seconds; }

    public double totalTokensPerSecond() { return (counts.inputTokens() + counts.outputTokens()) / seconds; }
}
