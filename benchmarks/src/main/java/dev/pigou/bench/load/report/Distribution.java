package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.List;

/** How a latency is distributed, in milliseconds. Every figure of an empty one is NaN. */
public sealed interface Distribution permits ExactDistribution, HistogramDistribution {
    /** Beyond so many values a histogram of three digits stands in for them, so that memory has a bound. */
    int MOST_EXACT = 1 << 20;
    /** With fewer values than this beyond a percentile, the percentile is one request's bad luck. */
    int FEWEST_BEYOND = 5;

    long count();

    double meanMillis();

    /** Of the population, as numpy's {@code std}. */
    double stdMillis();

    double minMillis();

    double maxMillis();

    /**
     * The value that so many per cent are below.
     *
     * @param percentile from 0 to 100
     */
    double percentileMillis(double percentile);

    /** True if the sample is too small for this percentile to mean much. */
    default boolean thin(double percentile) {
        // 1e-9: 99.9 is no binary fraction, and 5,000 requests are just enough for it.
        return count() * (100 - percentile) / 100 < FEWEST_BEYOND - 1e-9;
    }

    static Distribution of(Metric metric, List<RequestRecord> requests) {
        return of(metric, requests, MOST_EXACT);
    }

    static Distribution of(Metric metric, List<RequestRecord> requests, int mostExact) {
        var counter = new Counter();
        requests.forEach(request -> metric.forEach(request, _ -> counter.count++));
        return counter.count <= mostExact
                ? ExactDistribution.of(metric, requests, (int) counter.count)
                : HistogramDistribution.of(metric, requests);
    }

    /** Counts from within a lambda. */
    final class Counter {
        private long count;
    }
}
