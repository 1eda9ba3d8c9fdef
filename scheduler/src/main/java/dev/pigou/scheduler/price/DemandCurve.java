package dev.pigou.scheduler.price;

/**
 * How much KV memory is asked for at which density: block-seconds of arriving requests per second, faded with time, in
 * bins of density that grow by a quarter. From it follows how long a bid of some density will wait: those above it
 * overtake it, also those yet to come (the waiting time of a priority queue, Cobham 1954).
 */
final class DemandCurve {
    private static final int BINS = 256;
    private static final double LOWEST = 1e-12;
    private static final double BINS_PER_OCTAVE = 3.106; // a factor of 1.25 each
    private static final double LOG2 = Math.log(2);

    private final double memorySeconds;
    private final double[] blockSeconds = new double[BINS];
    private double observedSeconds;
    private long lastNanos;
    private boolean started;

    DemandCurve(double memorySeconds) { this.memorySeconds = memorySeconds; }

    /** A request came that will hold so many block-seconds and pays so much for each. */
    void arrived(double density, double expectedBlockSeconds, long nowNanos) {
        fade(nowNanos);
        blockSeconds[bin(density)] += expectedBlockSeconds;
    }

    private void fade(long nowNanos) {
        if (!started) {
            started = true;
            lastNanos = nowNanos;
        }
        double seconds = Math.max(0, nowNanos - lastNanos) / 1e9;
        if (seconds < memorySeconds / 100) {
            return;
        }
        lastNanos = nowNanos;
        double keep = Math.exp(-seconds / memorySeconds);
        for (int i = 0; i < BINS; i++) {
            blockSeconds[i] *= keep;
        }
        observedSeconds = observedSeconds * keep + memorySeconds * (1 - keep);
    }

    /** Block-seconds a second that arrive with densities above this one: blocks that they hold on average. */
    double blocksAbove(double density) {
        if (observedSeconds == 0) {
            return 0;
        }
        double sum = 0;
        for (int i = bin(density) + 1; i < BINS; i++) {
            sum += blockSeconds[i];
        }
        return sum / observedSeconds;
    }

    private static int bin(double density) {
        if (!(density > LOWEST)) {
            return 0;
        }
        return Math.min(BINS - 1, (int) (Math.log(density / LOWEST) / LOG2 * BINS_PER_OCTAVE));
    }
}
