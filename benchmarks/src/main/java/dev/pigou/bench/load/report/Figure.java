package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.HarnessHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * A row of the report: one figure of a run.
 *
 * @param group the rows it stands with
 * @param name with its unit
 * @param comparable a ratio of two servers says something
 * @param value NaN if the run has none
 * @param thin the run is too small for it
 */
public record Figure(Group group, String name, boolean comparable, ToDoubleFunction<Summary> value,
        Predicate<Summary> thin) {
    /** What the rows are about. */
    public enum Group {
        REQUESTS, THROUGHPUT, LATENCY, ECONOMY, HARNESS
    }

    /** What a latency is told by: a percentile, or another statistic. */
    public record Statistic(String name, ToDoubleFunction<Distribution> millis, double percentile) {}

    /** In the order of columns. */
    public static final List<Statistic> STATISTICS = List.of(
            new Statistic("mean", Distribution::meanMillis, Double.NaN),
            new Statistic("std", Distribution::stdMillis, Double.NaN),
            new Statistic("min", Distribution::minMillis, Double.NaN), percentile("p50", 50),
            percentile("p90", 90), percentile("p99", 99), percentile("p99.9", 99.9),
            new Statistic("max", Distribution::maxMillis, Double.NaN));

    /** Every figure there is, in the order of rows. */
    public static List<Figure> all() {
        List<Figure> all = new ArrayList<>();
        all.add(count("completed", summary -> summary.counts().completed()));
        all.add(count("failed", summary -> summary.counts().failed()));
        all.add(count("of them refused (429)", summary -> orNone(summary.counts().refused())));
        all.add(count("disconnected on purpose", summary -> orNone(summary.counts().disconnected())));
        all.add(of(Group.REQUESTS, "duration, s", Summary::seconds));
        all.add(rate("requests/s", Summary::requestsPerSecond));
        all.add(rate("goodput, requests/s", Summary::goodRequestsPerSecond));
        all.add(rate("output tokens/s", Summary::outputTokensPerSecond));
        all.add(rate("total tokens/s", Summary::totalTokensPerSecond));
        all.add(rate("peak output tokens/s", Summary::peakTokensPerSecond));
        all.add(of(Group.THROUGHPUT, "peak in flight", Summary::peakConcurrency));
        for (Metric metric : Metric.values()) {
            STATISTICS.forEach(statistic -> all.add(latency(metric, statistic)));
        }
        all.add(of(Group.ECONOMY, "cached prompt tokens, %",
                summary -> orNone(100 * summary.counts().cachedShare())));
        all.add(of(Group.ECONOMY, "charge, credits", summary -> orNone(summary.counts().charge())));
        all.add(of(Group.ECONOMY, "welfare, credits", summary -> orNone(summary.counts().welfare())));
        all.add(of(Group.HARNESS, "lateness of sends p99, ms",
                summary -> summary.health().lateP99Nanos() / 1e6));
        all.add(of(Group.HARNESS, "lateness of sends max, ms",
                summary -> summary.health().lateMaxNanos() / 1e6));
        all.add(of(Group.HARNESS, "sent over " + HarnessHealth.LATE_MILLIS + " ms late",
                summary -> summary.health().lateSends()));
        all.add(of(Group.HARNESS, "busiest thread, %", summary -> 100 * summary.health().busiestLoopShare()));
        return List.copyOf(all);
    }

    private static Statistic percentile(String name, double percentile) {
        return new Statistic(name, latency -> latency.percentileMillis(percentile), percentile);
    }

    private static Figure latency(Metric metric, Statistic statistic) {
        return new Figure(Group.LATENCY, metric + " " + statistic.name() + ", ms", true,
                summary -> statistic.millis().applyAsDouble(summary.latency(metric)),
                summary -> isThin(summary.latency(metric), statistic));
    }

    /** True if the sample is too small for the statistic. */
    public static boolean isThin(Distribution latency, Statistic statistic) {
        return latency.count() > 0 && !Double.isNaN(statistic.percentile())
                && latency.thin(statistic.percentile());
    }

    private static Figure count(String name, ToDoubleFunction<Summary> value) {
        return of(Group.REQUESTS, name, value);
    }

    private static Figure rate(String name, ToDoubleFunction<Summary> value) {
        return new Figure(Group.THROUGHPUT, name, true, value, _ -> false);
    }

    private static Figure of(Group group, String name, ToDoubleFunction<Summary> value) {
        return new Figure(group, name, false, value, _ -> false);
    }

    /** What did not occur needs no row. */
    private static double orNone(double value) {
        return value == 0 ? Double.NaN : value;
    }

    private static double orNone(OptionalDouble value) { return value.orElse(Double.NaN); }
}
