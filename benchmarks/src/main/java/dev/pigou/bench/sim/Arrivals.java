package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Refusal;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Who comes next: the demand in order, and those who were refused and come back, each of them once. Owned by one thread. */
final class Arrivals {
    private final List<Request> demand;
    private final PriorityQueue<Request> returning = new PriorityQueue<>(
            Comparator.comparingLong(Request::arrivalNanos).thenComparingInt(Request::id));
    private final BitSet cameBack = new BitSet();
    private int next;

    Arrivals(Demand demand) { this.demand = demand.requests(); }

    /** When somebody arrives next; {@link Long#MAX_VALUE} if nobody will. */
    long nextNanos() {
        return Math.min(nextOfDemand(),
                returning.isEmpty() ? Long.MAX_VALUE : returning.peek().arrivalNanos());
    }

    private long nextOfDemand() {
        return next < demand.size() ? demand.get(next).arrivalNanos() : Long.MAX_VALUE;
    }

    /** Takes who has arrived by now, or returns null. */
    @Nullable
    Request poll(long nowNanos) {
        if (nextNanos() > nowNanos) {
            return null;
        }
        return nextOfDemand() == nextNanos() ? demand.get(next++) : returning.poll();
    }

    /** Has a refused sender come back exactly when it was told to, unless it was told never to, or did so before. */
    boolean sendBack(Request refused, Refusal because, long nowNanos) {
        if (Double.isInfinite(because.retryAfterSeconds()) || cameBack.get(refused.id())) {
            return false;
        }
        cameBack.set(refused.id());
        long delayNanos = (long) (because.retryAfterSeconds() * 1e9);
        returning.add(again(refused, nowNanos + delayNanos));
        return true;
    }

    /** The same bid anew: as much patience from then on as it had at first. */
    private static Request again(Request refused, long nanos) {
        Bid bid = refused.bid();
        long deadline = bid.deadlineNanos() == Bid.NO_DEADLINE
                ? Bid.NO_DEADLINE
                : bid.deadlineNanos() + nanos - refused.arrivalNanos();
        Bid anew = new Bid(bid.tenant(), bid.value(), bid.latencyPrice(), bid.maxPrice(), deadline,
                bid.priority(), bid.serviceClass());
        return new Request(refused.id(), anew, nanos, refused.prompt(), refused.outputTokens(),
                refused.maxTokens());
    }
}
