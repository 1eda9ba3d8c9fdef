package dev.pigou.bench.sim.hindsight;

import java.util.List;

/**
 * A set of schedules that a job may have. It must hold, for each schedule that a real scheduler could give the job, one that
 * is worth at least as much and uses no more of any resource in any slot; then no real scheduler exceeds the bound.
 */
interface Form {
    /** From now on these prices hold. The form keeps the object, and must be told when it has changed. */
    void price(SlotAmounts prices);

    /** Finds the schedule with the most surplus at the prices that hold. */
    void best(Job job, Placement into);

    /** Adds what a schedule uses. */
    void use(Job job, Placement placement, SlotAmounts usage);

    /** Adds what a schedule uses, spread over slots that are nearly as cheap; complete after {@link #settle}. */
    void demand(Job job, Placement placement, SlotAmounts demand);

    /** Completes the demand of all jobs. */
    void settle(SlotAmounts demand);

    /** All schedules of a job; for small instances only. */
    List<Placement> all(Job job);
}
