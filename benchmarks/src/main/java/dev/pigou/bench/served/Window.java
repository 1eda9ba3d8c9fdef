package dev.pigou.bench.served;

import dev.pigou.bench.load.result.RequestRecord;

/**
 * The part of a run that counts. Before it the machine fills up. After it requests go on coming until nobody who arrived in it
 * can still wait: or those policies would gain that keep people waiting, for the queue at the end is served on an empty machine.
 *
 * @param fromSeconds since the run began, inclusive
 * @param toSeconds exclusive
 */
record Window(double fromSeconds, double toSeconds) {
    static final Window ALL = new Window(0, Double.POSITIVE_INFINITY);

    /** True if it was due in this time. */
    boolean holds(RequestRecord request) {
        return holds(request.intendedNanos());
    }

    /** @param nanos since the run began */
    boolean holds(long nanos) {
        return nanos / 1e9 >= fromSeconds && nanos / 1e9 < toSeconds;
    }
}
