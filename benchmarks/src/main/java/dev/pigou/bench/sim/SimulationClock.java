package dev.pigou.bench.sim;

/** Simulated time, in nanoseconds since the run began. It only goes forward. Owned by the simulation's thread. */
final class SimulationClock {
    private long nowNanos;

    long nowNanos() { return nowNanos; }

    void advanceTo(long nanos) {
        if (nanos < nowNanos) {
            throw new IllegalStateException("the clock cannot go back from " + nowNanos + " to " + nanos);
        }
        nowNanos = nanos;
    }
}
