package dev.pigou.bench.jmh.cost;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A benchmark whose cost is counted on the thread that runs it, from the end of an iteration's set-up to the start of
 * its tear-down. JMH's {@code -prof gc} counts the whole process from before the set-up to after the tear-down, so a
 * benchmark that makes fresh objects for each iteration would report those.
 *
 * <p>A subclass with a set-up of its own at {@link Level#Iteration} calls {@link #startCounting} as its last act,
 * because JMH does not promise an order. One thread runs a benchmark.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public abstract class CountedBenchmark {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** JMH makes benchmarks and profilers by itself, so they can only meet in a static field. */
    private static volatile @Nullable IterationCost latest;

    private final CostClock clock;
    private long bytesBefore;
    private long nanosBefore;

    /** Costs processor time of the thread. */
    protected CountedBenchmark() { this(CostClock.THREAD_CPU); }

    protected CountedBenchmark(CostClock clock) { this.clock = clock; }

    static @Nullable IterationCost latest() { return latest; }

    @Setup(Level.Iteration)
    public final void startCounting() {
        bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        nanosBefore = clock.nanos();
    }

    @TearDown(Level.Iteration)
    public final void stopCounting() {
        long nanos = clock.nanos() - nanosBefore;
        latest = new IterationCost(THREADS.getCurrentThreadAllocatedBytes() - bytesBefore, nanos, clock);
    }
}
