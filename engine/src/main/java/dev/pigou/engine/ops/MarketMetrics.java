package dev.pigou.engine.ops;

import dev.pigou.engine.CacheOrigin;
import dev.pigou.engine.EnginePrices;
import dev.pigou.engine.Takings;
import dev.pigou.engine.TenantTakings;
import dev.pigou.engine.WriteOff;
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
    private final PrometheusRegistry registry;
    private final String model;

    MarketMetrics(PrometheusRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
    }

    void expose(Supplier<EnginePrices> prices, Takings takings) {
        var posted = new SnapshotMetrics<>(registry, model, () -> prices.get().posted().vector());
        posted.gauge("pigou:price_kv_waiting",
                "Credits a block-second, as those pay who are kept out of memory; 0 when nobody waits.",
                PriceVector::kvWaiting);
        posted.gauge("pigou:price_kv_cache", "Credits a block-second that eviction would destroy.",
                PriceVector::kvCache);
        posted.gauge("pigou:price_kv_published", "Credits a block-second, smoothed, as clients are told.",
                PriceVector::kvPublished);
        posted.gauge("pigou:price_prefill", "Credits for an uncached prompt token.", PriceVector::prefill);
        posted.gauge("pigou:price_decode", "Credits for an output token.", PriceVector::decode);
        refusals(takings);
        charges(takings);
        tenants(takings);
        cacheOrigins(takings);
    }

    private void tenants(Takings takings) {
        tenantTotal(takings, "pigou:tenant_prompt_tokens", "Prompt tokens of sequences that have run.",
                TenantTakings::promptTokens);
        tenantTotal(takings, "pigou:tenant_prefix_cache_hits", "Of those, found in the prefix cache.",
                TenantTakings::cachedTokens);
        tenantTotal(takings, "pigou:tenant_due_credits", "Credits due of sequences and leases that ended.",
                TenantTakings::dueCredits);
    }

    /** Whose blocks are cached: for the operator alone, as all that is by tenant. */
    private void cacheOrigins(Takings takings) {
        tenantGauge(takings, "pigou:tenant_cached_blocks",
                "KV blocks that are cached, by the tenant whose request computed them.",
                CacheOrigin::cachedBlocks);
        tenantGauge(takings, "pigou:tenant_cached_value_credits",
                "Credits that the requests were worth which computed those blocks, summed by block.",
                CacheOrigin::cachedValue);
        CounterWithCallback.builder().name("pigou:tenant_cached_block_hits").help(
                "Times that a cached block was found, by the tenant that computed it and by who found it.")
                .labelNames(ServerMetrics.MODEL, "tenant", "by")
                .callback(out -> takings.byTenant().forEach((tenant, its) -> {
                    out.call((double) its.cacheOrigin().ownHits(), model, tenant, "itself");
                    out.call((double) its.cacheOrigin().foreignHits(), model, tenant, "others");
                })).register(registry);
        tenantTotal(takings, "pigou:tenant_cached_saved_seconds",
                "Step time that these hits saved, by the tenant that computed the blocks.",
                its -> its.cacheOrigin().savedSeconds());
    }

    private void tenantGauge(Takings takings, String name, String help, ToDoubleFunction<CacheOrigin> value) {
        GaugeWithCallback.builder().name(name).help(help).labelNames(ServerMetrics.MODEL, "tenant")
                .callback(out -> takings.byTenant().forEach(
                        (tenant, its) -> out.call(value.applyAsDouble(its.cacheOrigin()), model, tenant)))
                .register(registry);
    }

    private void tenantTotal(Takings takings, String name, String help,
            ToDoubleFunction<TenantTakings> value) {
        CounterWithCallback.builder().name(name).help(help).labelNames(ServerMetrics.MODEL, "tenant")
                .callback(out -> takings.byTenant()
                        .forEach((tenant, its) -> out.call(value.applyAsDouble(its), model, tenant)))
                .register(registry);
    }

    private void refusals(Takings takings) {
        CounterWithCallback.builder().name("pigou:refusals").help("Sequences refused, by the reason.")
                .labelNames(ServerMetrics.MODEL, "reason").callback(out -> {
                    for (Refusal.Reason reason : Refusal.Reason.values()) {
                        out.call((double) takings.refusals(reason), model,
                                reason.name().toLowerCase(Locale.ROOT));
                    }
                }).register(registry);
    }

    private void charges(Takings takings) {
        CounterWithCallback.builder().name("pigou:charged_credits")
                .help("Credits metered for ended sequences, by what for.")
                .labelNames(ServerMetrics.MODEL, "part").callback(out -> {
                    out.call(takings.prefillCredits(), model, "prefill");
                    out.call(takings.decodeCredits(), model, "decode");
                    out.call(takings.kvCredits(), model, "kv");
                    out.call(takings.leaseCredits(), model, "lease");
                }).register(registry);
        CounterWithCallback.builder().name("pigou:written_off_credits")
                .help("Credits metered that nobody pays, by the promise that they were above.")
                .labelNames(ServerMetrics.MODEL, "promise").callback(out -> {
                    for (WriteOff cause : WriteOff.values()) {
                        out.call(takings.writtenOffCredits(cause), model,
                                cause.name().toLowerCase(Locale.ROOT));
                    }
                }).register(registry);
    }
}
