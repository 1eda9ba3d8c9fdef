package dev.pigou.bench.jmh.cost;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Which time an operation costs. */
public enum CostClock {
    /**
     * Processor time of the thread that runs the operation: what other processes take from it meanwhile is not in it.
     * Right for work that this thread does alone and without waiting.
     */
    THREAD_CPU {
        @Override
        long nanos() { return THREADS.getCurrentThreadCpuTime(); }
    },

    /** Elapsed time. Right for work that other threads share, as PyTorch's do. */
    WALL {
        @Override
        long nanos() { return System.nanoTime(); }
    };

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Only differences of two readings by one thread mean something. */
    abstract long nanos();
}
