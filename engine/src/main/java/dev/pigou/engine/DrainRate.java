package dev.pigou.engine;

import java.time.Duration;

/**
 * How fast the engine finishes sequences, to tell a refused client when to come back: sequences per second of step time,
 * averaged over the recent past. Idle time does not count, for a full queue means there is none. Safe to use from any
 * thread.
 */
final class DrainRate {
    /** Older observations fade with this time constant. */
    private static final double MEMORY_SECONDS = 30;
    private static final double SHORTEST_OBSERVATION_SECONDS = 0.05;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    /** Said while nothing has finished yet, so that nothing is known. */
    private static final Duration UNKNOWN = Duration.ofSeconds(5);

    private long lastFinished;
    private long lastStepNanos;
    private double finishedPerSecond;

    /**
     * @param finished sequences finished since the start
     * @param stepNanos time spent in steps since the start
     */
    synchronized void observe(long finished, long stepNanos) {
        double seconds = (stepNanos - lastStepNanos) / 1e9;
        if (seconds < SHORTEST_OBSERVATION_SECONDS) {
            return;
        }
        double rate = (finished - lastFinished) / seconds;
        double keep = finishedPerSecond == 0 ? 0 : Math.exp(-seconds / MEMORY_SECONDS);
        finishedPerSecond = keep * finishedPerSecond + (1 - keep) * rate;
        lastFinished = finished;
        lastStepNanos = stepNanos;
    }

    /** When {@code places} more sequences will have finished at the present rate. */
    synchronized Duration timeToFree(int places) {
        if (lastFinished == 0) {
            return UNKNOWN;
        }
        Duration time = Duration
                .ofNanos((long) (1e9 * Math.min(places / finishedPerSecond, (double) LONGEST.toSeconds())));
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
    }
}
