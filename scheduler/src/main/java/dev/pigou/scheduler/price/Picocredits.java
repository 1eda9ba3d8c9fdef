package dev.pigou.scheduler.price;

/** Whole units of money: 1e-12 credits, in which books balance to the last unit. */
final class Picocredits {
    /** A million credits: no single amount is larger, so that sums stay within a long. */
    static final long MOST = 1_000_000_000_000_000_000L;
    /** A thousand credits: no more is charged for what one sequence computes in one step. */
    static final long MOST_PER_CHUNK = 1_000_000_000_000_000L;

    private static final double PER_CREDIT = 1e12;

    private Picocredits() {}

    /** Rounded to the nearest, in [0, MOST]; 0 for what is no number. */
    static long of(double credits) {
        return Math.clamp(Math.round(credits * PER_CREDIT), 0, MOST);
    }

    /** The most whole units that do not exceed it, in [0, MOST]; 0 for what is no number. For promises. */
    static long within(double credits) {
        return Math.clamp((long) Math.floor(credits * PER_CREDIT), 0, MOST);
    }

    static double credits(long pico) { return pico / PER_CREDIT; }
}
