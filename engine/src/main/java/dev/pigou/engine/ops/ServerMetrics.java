package dev.pigou.engine.ops;

import dev.pigou.engine.EnginePrices;
import dev.pigou.engine.EngineSnapshot;
import dev.pigou.engine.Takings;
import dev.pigou.engine.ledger.LedgerSnapshot;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/**
 * The server's metrics. Names are vLLM's with the prefix {@code pigou:}, so that dashboards carry over. Every method
 * is safe to call from any thread; times are in seconds.
 *
 * <p>What the engine counts is read from its latest snapshot when somebody scrapes; what only the front end can see
 * (latencies, lengths, answers by status) is recorded as it happens.
 */
public final class ServerMetrics {
    /** The {@code Content-Type} of {@link #scrape}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** The label that every metric has. */
    static final String MODEL = "model_name";

    private static final double[] SECONDS = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75,
            1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560};
    private static final double[] TOKENS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
            20_000, 50_000, 100_000, 200_000};

    private final String model;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final DistributionDataPoint timeToFirstToken;
    private final DistributionDataPoint interToken;
    private final DistributionDataPoint requestLatency;
    private final DistributionDataPoint promptLength;
    private final DistributionDataPoint answerLength;
    private final CounterDataPoint ignoredFields;
    private final Counter requests;
    private final Counter responses;

    public ServerMetrics(String model, Supplier<EngineSnapshot> engine) {
        this.model = model;
        exposeEngine(new SnapshotMetrics<>(registry, model, engine));
        timeToFirstToken = histogram("pigou:time_to_first_token_seconds",
                "From the request's arrival to its first token.", SECONDS);
        interToken = histogram("pigou:inter_token_latency_seconds", "Between two tokens of one choice.",
                SECONDS);
        requestLatency = histogram("pigou:e2e_request_latency_seconds",
                "From the request's arrival to its last token.", SECONDS);
        promptLength = histogram("pigou:request_prompt_tokens", "Prompt tokens of a request.", TOKENS);
        answerLength = histogram("pigou:request_generation_tokens", "Tokens generated for a choice.", TOKENS);
        requests = counter("pigou:request_success", "Choices that ended, by the reason they ended.", MODEL,
                "finished_reason");
        responses = counter("pigou:http_requests", "HTTP answers, by route and status.", MODEL, "path",
                "code");
        ignoredFields = counter("pigou:request_ignored_fields",
                "Top-level request fields that the server does not know and left out of account.", MODEL)
                .labelValues(model);
    }

    /** Shows prices, charges and refusals too, read when somebody scrapes. Called once. */
    public void exposeMarket(Supplier<EnginePrices> prices, Takings takings) {
        new MarketMetrics(registry, model).expose(prices, takings);
    }

    /** Shows how the books are doing too. Called once, where there are any. */
    public void exposeLedger(Supplier<LedgerSnapshot> ledger) {
        LedgerMetrics.expose(new SnapshotMetrics<>(registry, model, ledger));
    }

    public void firstToken(double seconds) { timeToFirstToken.observe(seconds); }

    public void nextToken(double seconds) { interToken.observe(seconds); }

    /**
     * A choice ended.
     *
     * @param reason as on the wire: {@code stop}, {@code length}, {@code abort}, {@code refused} or {@code error}
     */
    public void choiceFinished(String reason, int generatedTokens) {
        requests.labelValues(model, reason).inc();
        answerLength.observe(generatedTokens);
    }

    /** All choices of a request ended, and the client got them. */
    public void requestFinished(double seconds, int promptTokens) {
        requestLatency.observe(seconds);
        promptLength.observe(promptTokens);
    }

    public void fieldsIgnored(int count) { ignoredFields.inc(count); }

    /**
     * An answer left.
     *
     * @param route the route's pattern, never what the client wrote: labels must stay few
     */
    public void httpAnswered(String route, int status) {
        responses.labelValues(model, route, Integer.toString(status)).inc();
    }

    /** Every metric, in Prometheus's text format. */
    public byte[] scrape() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(8192);
        try {
            writer.write(out, registry.scrape(), EscapingScheme.ALLOW_UTF8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not fail
        }
        return out.toByteArray();
    }

    private void exposeEngine(SnapshotMetrics<EngineSnapshot> engine) {
        engine.gauge("pigou:num_requests_running", "Sequences that hold KV blocks.", EngineSnapshot::running);
        engine.gauge("pigou:num_requests_waiting", "Sequences queued.", EngineSnapshot::waiting);
        engine.gauge("pigou:kv_cache_usage_perc", "Share of the KV blocks that sequences hold; 1 is all.",
                s -> s.totalBlocks() == 0 ? 0 : (double) s.usedBlocks() / s.totalBlocks());
        engine.gauge("pigou:kv_blocks", "KV blocks there are.", EngineSnapshot::totalBlocks);
        engine.gauge("pigou:kv_blocks_used", "KV blocks that sequences hold.", EngineSnapshot::usedBlocks);
        engine.gauge("pigou:kv_blocks_cached", "KV blocks nobody holds, kept for the prefix in them.",
                EngineSnapshot::cachedBlocks);
        engine.total("pigou:num_preemptions", "Times a sequence lost its blocks before it was done.",
                EngineSnapshot::preemptions);
        engine.total("pigou:prompt_tokens", "Prompt tokens computed.", EngineSnapshot::promptTokens);
        engine.total("pigou:generation_tokens", "Tokens produced.", EngineSnapshot::generationTokens);
        engine.total("pigou:prefix_cache_queries", "Prompt tokens looked up in the prefix cache.",
                EngineSnapshot::prefixCacheQueries);
        engine.total("pigou:prefix_cache_hits", "Prompt tokens found in the prefix cache.",
                EngineSnapshot::prefixCacheHits);
        engine.total("pigou:prefix_cache_foreign_hits",
                "Of those, tokens that a request of another tenant had computed.",
                EngineSnapshot::prefixCacheForeignHits);
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    private DistributionDataPoint histogram(String name, String help, double[] bounds) {
        return Histogram.builder().name(name).help(help).labelNames(MODEL).classicOnly()
                .classicUpperBounds(bounds).register(registry).labelValues(model);
    }
}
