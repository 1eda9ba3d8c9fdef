package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.PerMetric;
import java.util.Arrays;

/** What was drawn in one resample, summed up. */
final class Sample {
    private final BucketRange range;
    private final PerMetric<int[]> latencies;
    private double seconds;
    private long completed;
    private long outputTokens;
    private long good;

    Sample(BucketRange range) {
        this.range = range;
        latencies = new PerMetric<>(metric -> new int[range.width(metric)]);
    }

    void clear() {
        seconds = 0;
        completed = 0;
        outputTokens = 0;
        good = 0;
        for (Metric metric : Metric.values()) {
            Arrays.fill(latencies.get(metric), 0);
        }
    }

    void add(double moreSeconds, long moreCompleted, long moreOutputTokens, long moreGood) {
        seconds += moreSeconds;
        completed += moreCompleted;
        outputTokens += moreOutputTokens;
        good += moreGood;
    }

    /** Adds what came between two cumulative counts. */
    void addLatencies(Metric metric, int[] before, int[] after) {
        int[] counts = latencies.get(metric);
        for (int bucket = 0; bucket < counts.length; bucket++) {
            counts[bucket] += after[bucket] - before[bucket];
        }
    }

    /** The measure's logarithm, for ratios are compared. NaN if nothing was drawn that has it. */
    double log(Measure measure) {
        return switch (measure) {
            case Measure.RequestThroughput _ -> logRate(completed);
            case Measure.OutputThroughput _ -> logRate(outputTokens);
            case Measure.GoodRequests _ -> logRate(good);
            case Measure.Latency latency -> Buckets.logPercentile(latencies.get(latency.metric()),
                    range.first(latency.metric()), latency.percentile());
        };
    }

    /** Half a thing more than was seen: the logarithm of a rate of nothing has to be something. */
    private double logRate(long count) {
        return Math.log((count + 0.5) / seconds);
    }
}
