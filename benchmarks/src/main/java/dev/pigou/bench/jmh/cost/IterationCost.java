package dev.pigou.bench.jmh.cost;

/**
 * What all operations of one iteration cost together.
 *
 * @param bytes allocated on the heap by the thread that ran them
 * @param nanos on the {@code clock}
 */
record IterationCost(long bytes, long nanos, CostClock clock) {}
