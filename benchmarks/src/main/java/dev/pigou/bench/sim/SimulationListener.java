package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.StepPlan;

/** Watches a run as it goes. Called on the simulation's thread. */
public interface SimulationListener {
    /** A request ended, in whichever way; each one does once. */
    default void ended(Outcome outcome) {}

    /** A request was refused, but has not ended: its sender comes back once, so long after. */
    default void willReturn(Request refused, double afterSeconds) {}

    /**
     * A step was executed and applied. Prices that held during it can be read now.
     *
     * @param recomputedTokens positions in it that had been computed before and were lost to a preemption
     */
    default void stepped(StepPlan plan, long fromNanos, long toNanos, int recomputedTokens) {}

    /** Nothing was computed for a while: nobody was there, or the policy held back who was. */
    default void idled(long fromNanos, long toNanos) {}
}
