package dev.pigou.bench.sim;

import dev.pigou.scheduler.Sequence;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Who is in the house, by id, and whose patience ends next. Owned by the simulation's thread. */
final class Roster {
    private final @Nullable InFlight[] byId;
    private final PriorityQueue<InFlight> byPatience = new PriorityQueue<>(
            Comparator.<InFlight>comparingLong(each -> each.request.patienceEndsNanos())
                    .thenComparingInt(each -> each.request.id()));
    private int present;

    Roster(int requests) { byId = new @Nullable InFlight[requests]; }

    int present() { return present; }

    void arrived(InFlight request) {
        byId[request.request.id()] = request;
        byPatience.add(request);
        present++;
    }

    void left(InFlight request) {
        byId[request.request.id()] = null;
        present--;
    }

    InFlight of(Sequence sequence) {
        InFlight found = byId[(int) sequence.id()];
        if (found == null) {
            throw new IllegalStateException("sequence " + sequence.id() + " is not in the house");
        }
        return found;
    }

    /** When the next sender goes away that still waits for its answer to begin; {@link Long#MAX_VALUE} if none will. */
    long nextGoodbyeNanos() {
        InFlight next = nextWaiting();
        return next == null ? Long.MAX_VALUE : next.request.patienceEndsNanos();
    }

    /** Takes out one whose patience has ended by now, or returns null. */
    @Nullable
    InFlight pollImpatient(long nowNanos) {
        InFlight next = nextWaiting();
        return next != null && next.request.patienceEndsNanos() <= nowNanos ? byPatience.poll() : null;
    }

    private @Nullable InFlight nextWaiting() {
        InFlight next = byPatience.peek();
        while (next != null && (next.hasEnded() || next.beganInTime())) {
            byPatience.poll();
            next = byPatience.peek();
        }
        return next;
    }
}
