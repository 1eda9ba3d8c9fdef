package dev.pigou.engine.ops;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Metrics that are read from the latest snapshot when somebody scrapes.
 *
 * @param <S> the snapshot
 */
final class SnapshotMetrics<S> {
    private final PrometheusRegistry registry;
    private final String model;
    private final Supplier<S> latest;

    SnapshotMetrics(PrometheusRegistry registry, String model, Supplier<S> latest) {
        this.registry = registry;
        this.model = model;
        this.latest = latest;
    }

    void gauge(String name, String help, ToDoubleFunction<S> value) {
        GaugeWithCallback.builder().name(name).help(help).labelNames(ServerMetrics.MODEL)
                .callback(out -> out.call(value.applyAsDouble(latest.get()), model)).register(registry);
    }

    void total(String name, String help, ToDoubleFunction<S> value) {
        CounterWithCallback.builder().name(name).help(help).labelNames(ServerMetrics.MODEL)
                .callback(out -> out.call(value.applyAsDouble(latest.get()), model)).register(registry);
    }
}
