package dev.pigou.bench.jmh.cost;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/** Reports what a {@link CountedBenchmark} counted, per operation: one number of bytes for all kinds of benchmark. */
public final class CostProfiler implements InternalProfiler {
    /** Bytes allocated per operation. */
    public static final String BYTES = "bytes";
    /** Nanoseconds per operation, on the benchmark's {@link CostClock}. */
    public static final String NANOS = "nanos";

    @Override
    public String getDescription() { return "Bytes and time per operation, without the set-up's"; }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        // the benchmark counts by itself
    }

    @Override
    public Collection<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult result) {
        IterationCost cost = CountedBenchmark.latest();
        if (cost == null) {
            return List.of();
        }
        double operations = result.getMetadata().getAllOps();
        return List.of(new ScalarResult(BYTES, cost.bytes() / operations, "B/op", AggregationPolicy.AVG),
                new ScalarResult(NANOS, cost.nanos() / operations, "ns/op", AggregationPolicy.AVG));
    }
}
