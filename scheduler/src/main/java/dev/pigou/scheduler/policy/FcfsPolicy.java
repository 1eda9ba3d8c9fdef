package dev.pigou.scheduler.policy;

import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;

/** First come, first served: by arrival, then by id. A preempted sequence keeps its place. */
public final class FcfsPolicy implements SchedulingPolicy {
    @Override
    public String name() { return "fcfs"; }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) { return Arrival.compare(a, b); }

    @Override
    public boolean changesWithTime() { return false; }
}
