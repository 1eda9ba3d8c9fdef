package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.Figure;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.Summary;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run under the names that {@code vllm bench serve} gives its results, in its units: figures in milliseconds, arrays
 * in seconds. A figure that there is none of is null, where vLLM writes 0.
 */
final class VllmKeys {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
            .withZone(ZoneOffset.UTC);
    private static final double NANOS_PER_SECOND = 1e9;

    private VllmKeys() {}

    /** What was run. */
    static Map<String, @Nullable Object> description(RunResult run) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        Object backend = run.settings().getOrDefault("backend", "openai");
        keys.put("date", DATE.format(run.started()));
        keys.put("endpoint_type", backend);
        keys.put("backend", backend);
        keys.put("label", run.label());
        keys.put("model_id", run.model());
        keys.put("num_prompts", run.settings().getOrDefault("num-prompts", run.requests().size()));
        keys.put("request_rate", run.settings().getOrDefault("request-rate", "inf"));
        keys.put("burstiness", run.settings().get("burstiness"));
        keys.put("max_concurrency",
                run.settings().getOrDefault("max-concurrency", run.settings().get("concurrency")));
        return keys;
    }

    static Map<String, @Nullable Object> figures(Summary summary) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("duration", summary.seconds());
        keys.put("completed", summary.counts().completed());
        keys.put("failed", summary.counts().failed());
        keys.put("total_input_tokens", summary.counts().inputTokens());
        keys.put("total_output_tokens", summary.counts().outputTokens());
        keys.put("request_throughput", summary.requestsPerSecond());
        keys.put("request_goodput", orNull(summary.goodRequestsPerSecond()));
        keys.put("output_throughput", summary.outputTokensPerSecond());
        keys.put("total_token_throughput", summary.totalTokensPerSecond());
        keys.put("max_output_tokens_per_s", summary.peakTokensPerSecond());
        keys.put("max_concurrent_requests", summary.peakConcurrency());
        for (Metric metric : Metric.values()) {
            Distribution latency = summary.latency(metric);
            for (Figure.Statistic statistic : Figure.STATISTICS) {
                String name = statistic.name().equals("p50") ? "median" : statistic.name();
                keys.put(name + "_" + metric.key() + "_ms",
                        orNull(statistic.millis().applyAsDouble(latency)));
            }
        }
        return keys;
    }

    /**
     * Percentiles of every latency beyond those that each report has.
     *
     * @param percentiles from 0 to 100
     */
    static Map<String, @Nullable Object> percentiles(Summary summary, List<Double> percentiles) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        for (Metric metric : Metric.values()) {
            for (double percentile : percentiles) {
                String name = Double.toString(percentile).replaceFirst("\\.0$", "");
                keys.put("p" + name + "_" + metric.key() + "_ms",
                        orNull(summary.latency(metric).percentileMillis(percentile)));
            }
        }
        return keys;
    }

    /** One element a request, in order of their end. */
    static Map<String, @Nullable Object> arrays(RunResult run) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("input_lens", each(run, RequestRecord::promptTokens));
        keys.put("output_lens", each(run, request -> request.completed() ? request.outputTokens() : 0));
        keys.put("ttfts",
                each(run, request -> request.firstTokenNanos() < 0 ? 0.0 : seconds(request.ttftNanos())));
        keys.put("itls", each(run,
                request -> Arrays.stream(request.gapsNanos()).mapToDouble(VllmKeys::seconds).toArray()));
        keys.put("latencies", each(run, request -> seconds(request.e2eNanos())));
        keys.put("start_times", each(run, request -> seconds(request.intendedNanos())));
        keys.put("errors",
                each(run,
                        request -> request.failure()
                                .map(failure -> FailureRow.name(failure.kind()) + ": " + failure.detail())
                                .orElse(request.disconnected() ? "disconnected on purpose" : "")));
        return keys;
    }

    private static <T> List<T> each(RunResult run, Function<RequestRecord, T> value) {
        return run.requests().stream().map(value).toList();
    }

    private static double seconds(long nanos) { return nanos / NANOS_PER_SECOND; }

    private static @Nullable Double orNull(double value) { return Double.isNaN(value) ? null : value; }
}
