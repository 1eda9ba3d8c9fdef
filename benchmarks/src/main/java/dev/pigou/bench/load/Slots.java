package dev.pigou.bench.load;

import java.util.Collections;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Places for what may be under way at once, each with the moment since which it has been free. One thread takes them; any
 * may free them.
 */
final class Slots {
    private final boolean limited;
    private final Queue<Long> freeSinceNanos = new ConcurrentLinkedQueue<>();

    /** @param places if empty there is always one */
    Slots(OptionalInt places) {
        limited = places.isPresent();
        freeSinceNanos.addAll(Collections.nCopies(places.orElse(0), 0L));
    }

    boolean isFree() { return !limited || !freeSinceNanos.isEmpty(); }

    /** Takes a place that is free, and says since when it has been, in nanoseconds since the run began. */
    long take() {
        return limited ? freeSinceNanos.remove() : 0;
    }

    void free(long nowNanos) {
        if (limited) {
            freeSinceNanos.add(nowNanos);
        }
    }
}
