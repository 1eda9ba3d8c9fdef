package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.Arrays;
import java.util.List;

/** Every value, sorted. Percentiles interpolate linearly between neighbours, as numpy's do. */
final class ExactDistribution implements Distribution {
    private static final double NANOS_PER_MILLI = 1e6;

    private final long[] sortedNanos;
    private final double meanNanos;
    private final double stdNanos;

    private ExactDistribution(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
        double mean = Arrays.stream(sortedNanos).average().orElse(Double.NaN);
        meanNanos = mean;
        stdNanos = Math.sqrt(Arrays.stream(sortedNanos).mapToDouble(nanos -> (nanos - mean) * (nanos - mean))
                .average().orElse(Double.NaN));
    }

    static ExactDistribution of(Metric metric, List<RequestRecord> requests, int count) {
        var values = new Filling(count);
        requests.forEach(request -> metric.forEach(request, values::add));
        Arrays.sort(values.nanos);
        return new ExactDistribution(values.nanos);
    }

    @Override
    public long count() { return sortedNanos.length; }

    @Override
    public double meanMillis() { return meanNanos / NANOS_PER_MILLI; }

    @Override
    public double stdMillis() { return stdNanos / NANOS_PER_MILLI; }

    @Override
    public double minMillis() { return percentileMillis(0); }

    @Override
    public double maxMillis() { return percentileMillis(100); }

    @Override
    public double percentileMillis(double percentile) {
        if (sortedNanos.length == 0) {
            return Double.NaN;
        }
        double rank = percentile / 100 * (sortedNanos.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sortedNanos.length - 1);
        double share = rank - below;
        return (sortedNanos[below] * (1 - share) + sortedNanos[above] * share) / NANOS_PER_MILLI;
    }

    private static final class Filling {
        private final long[] nanos;
        private int next;

        Filling(int count) { nanos = new long[count]; }

        void add(long value) {
            nanos[next] = value;
            next++;
        }
    }
}
