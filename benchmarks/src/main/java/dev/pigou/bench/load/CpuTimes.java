package dev.pigou.bench.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How long threads had computed at one moment.
 *
 * @param nanosByThread by their ids
 */
record CpuTimes(Map<Long, Long> nanosByThread) {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static CpuTimes of(List<Thread> threads) {
        Map<Long, Long> nanos = new HashMap<>();
        threads.forEach(thread -> nanos.put(thread.threadId(), cpuNanos(thread)));
        return new CpuTimes(nanos);
    }

    /**
     * What the busiest of the threads has computed since then; a thread that is new has begun at 0.
     *
     * @param idle nanoseconds of each thread that it only spent waiting
     */
    long busiestNanosSince(List<Thread> threads, ToLongFunction<Thread> idle) {
        return threads
                .stream().mapToLong(thread -> cpuNanos(thread)
                        - nanosByThread.getOrDefault(thread.threadId(), 0L) - idle.applyAsLong(thread))
                .max().orElse(0);
    }

    /** 0 if it has ended, or the JVM cannot tell. */
    private static long cpuNanos(Thread thread) {
        return THREADS.isThreadCpuTimeSupported()
                ? Math.max(0, THREADS.getThreadCpuTime(thread.threadId()))
                : 0;
    }
}
