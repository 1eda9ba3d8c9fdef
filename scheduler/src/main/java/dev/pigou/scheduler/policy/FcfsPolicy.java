package dev.pigou.scheduler.policy;

import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;

/** First come, first served: by arrival, then by id. A preempted sequence keeps its place. */
public final class FcfsPolicy implements SchedulingPolicy {
    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) {
        int byArrival = Long.compare(a.arrivalNanos(), b.arrivalNanos());
        return byArrival != 0 ? byArrival : Long.compare(a.id(), b.id());
    }

    @Override
    public boolean changesWithTime() { return false; }
}
