package dev.pigou.scheduler.price;

/** Whole units of money: 1e-12 credits, in which books balance to the last unit. */
final class Picocredits {
    static final double PER_CREDIT = 1e12;
    /** A thousand credits: what one amount is cut off at, so that sums of millions of them do not overflow. */
    static final long MOST = 1_000_000_000_000_000L;

    private Picocredits() {}

    /** Rounded to the nearest; at least 0, and 0 for what is no number. */
    static long of(double credits) {
        return Math.clamp(Math.round(credits * PER_CREDIT), 0, MOST);
    }

    static double credits(long pico) { return pico / PER_CREDIT; }
}
