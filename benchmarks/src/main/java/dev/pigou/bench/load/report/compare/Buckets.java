package dev.pigou.bench.load.report.compare;

/**
 * Buckets 1 % wide for latencies from a microsecond to some hours, so that thousands of resamples are sums of counts and not
 * sorts of values.
 */
final class Buckets {
    private static final double LOG_WIDTH = Math.log(1.01);
    private static final long LEAST_NANOS = 1_000;
    private static final long MOST_NANOS = 100_000_000_000_000L;
    static final int COUNT = index(MOST_NANOS) + 1;

    private Buckets() {}

    static int index(long nanos) {
        return (int) (Math.log((double) Math.clamp(nanos, LEAST_NANOS, MOST_NANOS) / LEAST_NANOS)
                / LOG_WIDTH);
    }

    /**
     * The logarithm of a percentile in nanoseconds; NaN if there are no values.
     *
     * @param counts of the buckets from {@code firstBucket} on
     */
    static double logPercentile(int[] counts, int firstBucket, double percentile) {
        long total = 0;
        for (int count : counts) {
            total += count;
        }
        if (total == 0) {
            return Double.NaN;
        }
        double rank = percentile / 100 * total;
        double below = 0;
        int bucket = 0;
        while (bucket < counts.length - 1 && (counts[bucket] == 0 || below + counts[bucket] < rank)) {
            below += counts[bucket];
            bucket++;
        }
        double within = counts[bucket] == 0 ? 0 : Math.clamp((rank - below) / counts[bucket], 0, 1);
        return Math.log(LEAST_NANOS) + (firstBucket + bucket + within) * LOG_WIDTH;
    }
}
