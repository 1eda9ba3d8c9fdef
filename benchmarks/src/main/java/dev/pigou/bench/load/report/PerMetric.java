package dev.pigou.bench.load.report;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** One of something for each metric, none of them missing. */
public final class PerMetric<T> {
    private final Map<Metric, T> all = new EnumMap<>(Metric.class);

    public PerMetric(Function<Metric, T> make) {
        for (Metric metric : Metric.values()) {
            all.put(metric, make.apply(metric));
        }
    }

    public T get(Metric metric) { return Objects.requireNonNull(all.get(metric)); }
}
