package dev.pigou.bench.sim.ablation;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.price.PricePolicy;
import org.jspecify.annotations.Nullable;

/** The price policy as it is; subclasses replace a part of it. Owned by the scheduler's thread. */
public abstract class PriceVariant implements SchedulingPolicy {
    private final PricePolicy price;

    PriceVariant(PricePolicy price) { this.price = price; }

    /** What is varied: its prices, books and wallets are those of the run. */
    public final PricePolicy price() {
        return price;
    }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) { return price.compare(a, b, nowNanos); }

    @Override
    public int comparePrefills(Sequence a, Sequence b, long nowNanos) {
        return price.comparePrefills(a, b, nowNanos);
    }

    @Override
    public int mostTokens(SchedulerView view, int limit) { return price.mostTokens(view, limit); }

    @Override
    public long blockPriceNano() { return price.blockPriceNano(); }

    @Override
    public boolean changesWithTime() { return price.changesWithTime(); }

    @Override
    public void added(Sequence sequence, long nowNanos) { price.added(sequence, nowNanos); }

    @Override
    public void beginStep(SchedulerView view, long nowNanos) { price.beginStep(view, nowNanos); }

    @Override
    public @Nullable Sequence turnAway(SchedulerView view, long nowNanos) {
        return price.turnAway(view, nowNanos);
    }

    @Override
    public @Nullable Sequence makeWay(SchedulerView view, long nowNanos) {
        return price.makeWay(view, nowNanos);
    }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        return price.admission(sequence, view, nowNanos);
    }

    @Override
    public void admitted(Sequence sequence, long nowNanos) { price.admitted(sequence, nowNanos); }

    @Override
    public void preempted(Sequence sequence, long nowNanos) { price.preempted(sequence, nowNanos); }

    @Override
    public void computed(StepPlan plan, int chunk) { price.computed(plan, chunk); }

    @Override
    public void stepApplied(StepPlan plan, SchedulerView view, long begunNanos, long nowNanos) {
        price.stepApplied(plan, view, begunNanos, nowNanos);
    }

    @Override
    public void leased(Sequence answered, PrefixLease lease, long nowNanos) {
        price.leased(answered, lease, nowNanos);
    }

    @Override
    public boolean affords(PrefixLease lease, long rentPico, long nowNanos) {
        return price.affords(lease, rentPico, nowNanos);
    }

    @Override
    public void leaseEnded(PrefixLease lease, long nowNanos) { price.leaseEnded(lease, nowNanos); }

    @Override
    public void ended(Sequence sequence, long nowNanos) { price.ended(sequence, nowNanos); }
}
