package dev.pigou.engine.openai;

import dev.pigou.engine.Engine;
import dev.pigou.engine.EnginePrices;
import dev.pigou.engine.EngineSnapshot;
import dev.pigou.scheduler.price.PriceVector;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The engine's load and prices for load balancers, as an ORCA report in a header (gRFC A51). Its first two metrics are
 * called as vLLM calls them.
 */
final class LoadReport {
    private final Engine engine;

    LoadReport(Engine engine) { this.engine = engine; }

    /** The header's value in the format asked for, {@code text} or {@code json} in any case; other formats get none. */
    Optional<String> in(String format) {
        return switch (format.strip().toLowerCase(Locale.ROOT)) {
            case "text" -> Optional.of("TEXT " + metrics().entrySet().stream()
                    .map(metric -> "named_metrics." + metric.getKey() + "=" + metric.getValue())
                    .collect(Collectors.joining(", ")));
            case "json" -> Optional.of("JSON {\"named_metrics\": {" + metrics().entrySet().stream()
                    .map(metric -> "\"" + metric.getKey() + "\": " + metric.getValue())
                    .collect(Collectors.joining(", ")) + "}}");
            default -> Optional.empty();
        };
    }

    private Map<String, Double> metrics() {
        EngineSnapshot snapshot = engine.snapshot();
        EnginePrices posted = engine.prices().posted();
        PriceVector prices = posted.vector();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("kv_cache_usage_perc",
                snapshot.totalBlocks() == 0 ? 0 : (double) snapshot.usedBlocks() / snapshot.totalBlocks());
        metrics.put("num_requests_waiting", (double) snapshot.waiting());
        metrics.put("price_prefill", prices.prefill());
        metrics.put("price_decode", prices.decode());
        metrics.put("price_kv_waiting", prices.kvWaiting());
        metrics.put("price_kv_cache", prices.kvCache());
        metrics.put("price_kv_published", prices.kvPublished());
        return metrics;
    }
}
