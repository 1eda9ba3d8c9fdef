package dev.pigou.scheduler;

/**
 * Who goes first. One order decides both ends: the first that waits is admitted next, and the last that runs
 * is preempted when memory is short.
 */
public interface SchedulingPolicy {
    /**
     * Negative if {@code a} goes before {@code b} at this time, positive if after; never 0 for two sequences.
     * Within one step, and so for one {@code nowNanos}, it must be a total order. Called often: must not
     * allocate.
     */
    int compare(Sequence a, Sequence b, long nowNanos);

    /**
     * True if the order of two sequences may change while they wait. The queue is then put in order anew in
     * each step, which costs time in proportion to its length.
     */
    boolean changesWithTime();
}
