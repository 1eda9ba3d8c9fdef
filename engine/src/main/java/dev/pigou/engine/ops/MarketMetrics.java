package dev.pigou.engine.ops;

import dev.pigou.engine.EnginePrices;
import dev.pigou.engine.Takings;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.price.PriceVector;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Prices, charges and refusals, read when somebody scrapes. Scrapers need no key, so prices are as posted. */
final class MarketMetrics {
    private static final String MODEL = "model_name";

    private final PrometheusRegistry registry;
    private final String model;
    private final Supplier<EnginePrices> prices;

    MarketMetrics(PrometheusRegistry registry, String model, Supplier<EnginePrices> prices) {
        this.registry = registry;
        this.model = model;
        this.prices = prices;
    }

    void expose(Takings takings) {
        price("pigou:price_kv_waiting",
                "Credits a block-second, as those pay who are kept out of memory; 0 when nobody waits.",
                PriceVector::kvWaiting);
        price("pigou:price_kv_cache", "Credits a block-second that eviction would destroy.",
                PriceVector::kvCache);
        price("pigou:price_kv_published", "Credits a block-second, smoothed, as clients are told.",
                PriceVector::kvPublished);
        price("pigou:price_prefill", "Credits for an uncached prompt token.", PriceVector::prefill);
        price("pigou:price_decode", "Credits for an output token.", PriceVector::decode);
        refusals(takings);
        charges(takings);
    }

    private void price(String name, String help, ToDoubleFunction<PriceVector> value) {
        GaugeWithCallback.builder().name(name).help(help).labelNames(MODEL)
                .callback(out -> out.call(value.applyAsDouble(prices.get().posted().vector()), model))
                .register(registry);
    }

    private void refusals(Takings takings) {
        CounterWithCallback.builder().name("pigou:refusals").help("Sequences refused, by the reason.")
                .labelNames(MODEL, "reason").callback(out -> {
                    for (Refusal.Reason reason : Refusal.Reason.values()) {
                        out.call((double) takings.refusals(reason), model,
                                reason.name().toLowerCase(Locale.ROOT));
                    }
                }).register(registry);
    }

    private void charges(Takings takings) {
        CounterWithCallback.builder().name("pigou:charged_credits")
                .help("Credits metered for ended sequences, by what for.").labelNames(MODEL, "part")
                .callback(out -> {
                    out.call(takings.prefillCredits(), model, "prefill");
                    out.call(takings.decodeCredits(), model, "decode");
                    out.call(takings.kvCredits(), model, "kv");
                }).register(registry);
        CounterWithCallback.builder().name("pigou:written_off_credits")
                .help("Credits metered that nobody pays, as they were above what had been promised.")
                .labelNames(MODEL).callback(out -> out.call(takings.writtenOffCredits(), model))
                .register(registry);
    }
}
