package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.PerMetric;
import dev.pigou.bench.load.result.RunResult;
import java.util.List;

/** The buckets that some runs need, for each metric: from {@link #first} on, {@link #width} of them. */
final class BucketRange {
    private final PerMetric<Range> ranges = new PerMetric<>(_ -> new Range());

    BucketRange(List<RunResult> runs) {
        for (Metric metric : Metric.values()) {
            Range range = ranges.get(metric);
            runs.forEach(run -> run.requests()
                    .forEach(request -> metric.forEach(request, nanos -> range.widen(Buckets.index(nanos)))));
        }
    }

    int first(Metric metric) { return ranges.get(metric).first; }

    int width(Metric metric) {
        Range range = ranges.get(metric);
        return Math.max(1, range.last - range.first + 1);
    }

    private static final class Range {
        private int first = Buckets.COUNT - 1;
        private int last;

        void widen(int bucket) {
            first = Math.min(first, bucket);
            last = Math.max(last, bucket);
        }
    }
}
