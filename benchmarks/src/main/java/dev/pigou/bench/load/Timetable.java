package dev.pigou.bench.load;

import dev.pigou.bench.load.workload.Workload;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.PriorityBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What goes next. First turns go in the order of their arrival, when they are due or, in a closed loop, when an earlier
 * session has ended; later turns go when they are due. All of them also wait for one of the places under the cap.
 *
 * <p>One thread takes departures; any may add them and free places.
 */
final class Timetable {
    private final boolean closedLoop;
    private final Slots sessionSlots;
    private final Slots requestSlots;
    private final Queue<Departure> arrivals = new ConcurrentLinkedQueue<>();
    private final Queue<Departure> laterTurns = new PriorityBlockingQueue<>(64,
            Comparator.comparingLong(Departure::dueNanos));

    /**
     * A departure that may go now.
     *
     * @param freeNanos since when nothing but the harness held it up, in nanoseconds since the run began
     */
    record Due(Departure departure, long freeNanos) {}

    Timetable(Workload workload, OptionalInt maxConcurrency) {
        closedLoop = workload.concurrency().isPresent();
        sessionSlots = new Slots(workload.concurrency());
        requestSlots = new Slots(maxConcurrency);
    }

    void add(Departure departure) { (departure.opensSession() ? arrivals : laterTurns).add(departure); }

    /** The one that may go now and has been due for longest. */
    @Nullable
    Due poll(long nowNanos) {
        Departure next = earliest();
        if (next == null || next.dueNanos() > nowNanos || !requestSlots.isFree()) {
            return null;
        }
        long freeNanos = Math.max(next.dueNanos(), requestSlots.take());
        if (next.opensSession()) {
            arrivals.remove();
            freeNanos = Math.max(freeNanos, sessionSlots.take());
        } else {
            laterTurns.remove(next);
        }
        return new Due(next, freeNanos);
    }

    /** When there may be something to do; {@link Long#MAX_VALUE} if only once something is added or freed. */
    long nextNanos() {
        Departure next = earliest();
        return next == null || !requestSlots.isFree() ? Long.MAX_VALUE : next.dueNanos();
    }

    private @Nullable Departure earliest() {
        Departure later = laterTurns.peek();
        Departure arrival = sessionSlots.isFree() ? arrivals.peek() : null;
        if (later == null || arrival == null) {
            return later == null ? arrival : later;
        }
        return arrival.dueNanos() <= later.dueNanos() ? arrival : later;
    }

    /** When a session's first turn is due; in a closed loop whenever there is a place. */
    long arrivalNanos(double arrivalSeconds) {
        return closedLoop ? 0 : (long) (arrivalSeconds * 1e9);
    }

    void requestEnded(long nowNanos) { requestSlots.free(nowNanos); }

    void sessionEnded(long nowNanos) { sessionSlots.free(nowNanos); }
}
