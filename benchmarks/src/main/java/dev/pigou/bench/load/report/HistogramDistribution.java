package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Many values, to three digits each. */
final class HistogramDistribution implements Distribution {
    private static final int DIGITS = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Histogram nanos;

    private HistogramDistribution(Histogram nanos) { this.nanos = nanos; }

    static HistogramDistribution of(Metric metric, List<RequestRecord> requests) {
        var histogram = new Histogram(DIGITS);
        requests.forEach(
                request -> metric.forEach(request, value -> histogram.recordValue(Math.max(0, value))));
        return new HistogramDistribution(histogram);
    }

    @Override
    public long count() { return nanos.getTotalCount(); }

    @Override
    public double meanMillis() { return nanos.getMean() / NANOS_PER_MILLI; }

    @Override
    public double stdMillis() { return nanos.getStdDeviation() / NANOS_PER_MILLI; }

    @Override
    public double minMillis() { return nanos.getMinValue() / NANOS_PER_MILLI; }

    @Override
    public double maxMillis() { return nanos.getMaxValue() / NANOS_PER_MILLI; }

    @Override
    public double percentileMillis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }
}
