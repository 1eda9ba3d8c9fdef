package dev.pigou.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Who goes first, who may start, and who gives way. The {@link Scheduler} keeps the books of sequences and memory and
 * is right under any policy; a policy only chooses. All methods are called by the scheduler's thread and must not
 * allocate in the steady state. One policy serves one scheduler.
 *
 * <p>In each step: {@link #beginStep}; {@link #turnAway} and {@link #makeWay} until they name nobody; chunks for what runs, in order, and where
 * memory is short the last in order is preempted; {@link #admission} for what waits, in order; and when the step has
 * been executed, {@link #stepApplied}.
 */
public interface SchedulingPolicy {
    /**
     * Negative if {@code a} goes before {@code b} at this time, positive if after; never 0 for two sequences.
     * Within one step, and so for one {@code nowNanos}, it must be a total order of those that run and one of those that
     * wait; the two are never compared with each other. Called often.
     */
    int compare(Sequence a, Sequence b, long nowNanos);

    /**
     * True if the order of two sequences that wait may have changed since the last step. Asked in each step after {@link
     * #beginStep}; the queue is then put in order anew, which costs time in proportion to its length.
     */
    boolean changesWithTime();

    /**
     * Whose prompt is to be computed first: negative if that of {@code a}. Either may run already or wait; never 0. If not said
     * otherwise, what has begun goes on before anything else begins.
     */
    default int comparePrefills(Sequence a, Sequence b, long nowNanos) {
        int byState = Boolean.compare(a.state() == SequenceState.WAITING, b.state() == SequenceState.WAITING);
        return byState != 0 ? byState : compare(a, b, nowNanos);
    }

    /** Most tokens of the step about to be planned; at most {@code limit}, and at least 1. */
    default int mostTokens(SchedulerView view, int limit) {
        return limit;
    }

    /** What the command line calls it. */
    default String name() { return "custom"; }

    /** What holding a block costs at present: nanocredits a second, at least 0. Whoever holds blocks is charged it. */
    default long blockPriceNano() {
        return 0;
    }

    /** A sequence has come, and waits. */
    default void added(Sequence sequence, long nowNanos) {}

    /** A step is about to be planned. */
    default void beginStep(SchedulerView view, long nowNanos) {}

    /** A waiting sequence that is not going to run, or null. Asked again until it names nobody. */
    default @Nullable Sequence turnAway(SchedulerView view, long nowNanos) {
        return null;
    }

    /**
     * A running sequence to be preempted for the sake of one that waits, or null. Asked again until it names nobody.
     */
    default @Nullable Sequence makeWay(SchedulerView view, long nowNanos) { return null; }

    /** May this sequence, the first in order of those that wait, start now? */
    default Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        return Admission.ADMIT;
    }

    /** A sequence has been given memory and runs from this step on. */
    default void admitted(Sequence sequence, long nowNanos) {}

    /** A running sequence has lost its memory and waits again. */
    default void preempted(Sequence sequence, long nowNanos) {}

    /**
     * A chunk of a plan was executed. Its sequence has not got the token that may follow, and may end with it.
     *
     * @param plan which is executed
     */
    default void computed(StepPlan plan, int chunk) {}

    /**
     * A plan was executed and its tokens were counted.
     *
     * @param begunNanos when it was planned or, if it was planned while another was in flight, when that was over; {@code
     *     nowNanos} less this is what the step took
     */
    default void stepApplied(StepPlan plan, SchedulerView view, long begunNanos, long nowNanos) {}

    /** A sequence that has ended left a lease on its prompt behind. Called after {@link #ended}. */
    default void leased(Sequence answered, PrefixLease lease, long nowNanos) {}

    /** False if no more may be spent on a lease, which then ends. Asked several times a second. */
    default boolean affords(PrefixLease lease, long rentPico, long nowNanos) {
        return true;
    }

    /** A lease has ended, and is to be paid. */
    default void leaseEnded(PrefixLease lease, long nowNanos) {}

    /** A sequence has ended, for whatever reason. It knows that and how long it got, but holds no blocks. */
    default void ended(Sequence sequence, long nowNanos) {}
}
