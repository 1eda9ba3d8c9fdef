package dev.pigou.bench.sim.hindsight;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;

/** The most value for the fewest tokens first: a policy good enough to come near a bound. */
final class DensestFirst implements SchedulingPolicy {
    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) {
        int byDensity = Double.compare(b.bid().value() / b.promptLength(),
                a.bid().value() / a.promptLength());
        return byDensity != 0 ? byDensity : Long.compare(a.id(), b.id());
    }

    @Override
    public boolean changesWithTime() { return false; }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        return Admission.ADMIT_IF_IT_FITS;
    }
}
