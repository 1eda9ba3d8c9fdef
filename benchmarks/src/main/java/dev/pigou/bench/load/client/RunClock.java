package dev.pigou.bench.load.client;

/**
 * Time in nanoseconds since a run began.
 *
 * @param originNanos of {@link System#nanoTime}, when it did; may lie ahead
 */
public record RunClock(long originNanos) {
    public long now() { return System.nanoTime() - originNanos; }
}
