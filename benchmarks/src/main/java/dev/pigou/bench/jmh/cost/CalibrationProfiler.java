package dev.pigou.bench.jmh.cost;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Times the {@link CalibrationKernel} right before and right after each iteration, in the process that runs it: how
 * fast the machine was just then. An iteration's time divided by this one is nearly free of what a busy neighbour or
 * another clock frequency does to both.
 */
public final class CalibrationProfiler implements InternalProfiler {
    /** Nanoseconds the kernel takes, on the clock of the benchmark beside it. */
    public static final String CALIBRATION = "calibration";

    private static final int WARM_UP_CALLS = 30;
    private static final int CALLS = 5;

    private final CalibrationKernel kernel = new CalibrationKernel();
    private final long[] cpuNanos = new long[2 * CALLS];
    private final long[] wallNanos = new long[2 * CALLS];
    private boolean warm;
    private int checksum;

    @Override
    public String getDescription() { return "Time of a calibration kernel beside each iteration"; }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        for (int i = 0; i < WARM_UP_CALLS && !warm; i++) {
            checksum += kernel.run();
        }
        warm = true;
        time(0);
    }

    @Override
    public Collection<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult result) {
        time(CALLS);
        IterationCost cost = CountedBenchmark.latest();
        boolean wall = cost != null && cost.clock() == CostClock.WALL;
        return List.of(new ScalarResult(CALIBRATION, median(wall ? wallNanos : cpuNanos), "ns",
                AggregationPolicy.AVG));
    }

    /** What the kernel returned, added up: keeps its work alive. */
    int checksum() { return checksum; }

    private void time(int from) {
        for (int i = from; i < from + CALLS; i++) {
            long cpu = CostClock.THREAD_CPU.nanos();
            long wall = CostClock.WALL.nanos();
            checksum += kernel.run();
            wallNanos[i] = CostClock.WALL.nanos() - wall;
            cpuNanos[i] = CostClock.THREAD_CPU.nanos() - cpu;
        }
    }

    private static double median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2.0;
    }
}
