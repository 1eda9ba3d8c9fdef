package dev.pigou.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * The plan made last and the plan in flight, and in which order plans may be made, launched and landed. Two objects take
 * turns. Owned by the scheduler's thread.
 */
final class StepPlans {
    private final StepPlan one;
    private final StepPlan other;
    private StepPlan latest;
    /** Whether the latest has chunks and was not launched yet. */
    private boolean open;
    private @Nullable StepPlan inFlight;

    StepPlans(int capacity) {
        one = new StepPlan(capacity);
        other = new StepPlan(capacity);
        latest = one;
    }

    /** An empty plan, to be filled before anything else happens here. */
    StepPlan begin(long nowNanos) {
        if (open) {
            throw new IllegalStateException(
                    "the plan before was neither launched, applied, failed nor retracted");
        }
        latest = inFlight == one ? other : one;
        latest.clear(nowNanos);
        return latest;
    }

    /** The latest plan has all its chunks. */
    void filled() { open = latest.size() > 0; }

    /** What runs of it is in flight from now on. */
    void launch(StepPlan plan) {
        if (plan != latest || (plan.size() > 0 && !open) || inFlight != null) {
            throw new IllegalStateException("only the latest plan can be launched, once, and one at a time");
        }
        open = false;
        inFlight = plan;
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            Sequence sequence = plan.sequence(chunk);
            if (sequence.state() == SequenceState.RUNNING) {
                sequence.launched(chunk, plan.to(chunk), plan.samples(chunk));
            }
        }
    }

    /** Its outcome is there, whether it was launched or executed at once. The device can begin with the one made since. */
    void land(StepPlan plan, long nowNanos) {
        if (plan != inFlight) {
            launch(plan);
        }
        inFlight = null;
        if (open) {
            latest.begunAt(nowNanos);
        }
    }

    /** Its outcome will never be there: what runs of it is as it was. */
    void withdraw(StepPlan plan) {
        boolean nothingOfItRuns = plan == latest && (open || plan.size() == 0);
        if (nothingOfItRuns) {
            open = false;
            return;
        }
        if (open) {
            throw new IllegalStateException("the plan made after this one must be retracted first");
        }
        if (plan != inFlight) {
            launch(plan);
        }
        inFlight = null;
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            if (plan.sequence(chunk).chunkInFlight() == chunk) {
                plan.sequence(chunk).recalled(plan.from(chunk));
            }
        }
    }
}
