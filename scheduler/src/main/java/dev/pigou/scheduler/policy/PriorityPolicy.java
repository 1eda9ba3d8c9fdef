package dev.pigou.scheduler.policy;

import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;

/** By the request's priority, lowest first, and by arrival among equals: vLLM's {@code priority} policy. */
public final class PriorityPolicy implements SchedulingPolicy {
    @Override
    public String name() { return "priority"; }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) {
        int byPriority = Integer.compare(a.bid().priority(), b.bid().priority());
        return byPriority != 0 ? byPriority : Arrival.compare(a, b);
    }

    @Override
    public boolean changesWithTime() { return false; }
}
