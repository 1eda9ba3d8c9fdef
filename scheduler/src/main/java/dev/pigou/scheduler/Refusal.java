package dev.pigou.scheduler;

/**
 * Why a sequence is not going to run, and when it might have better luck.
 *
 * @param retryAfterSeconds forecast of when it would be admitted; infinite if never
 * @param price credits at which it would run now
 */
public record Refusal(Reason reason, double retryAfterSeconds, double price) {
    /** What stood in its way. */
    public enum Reason {
        /** What it would cost is above its bid, and is not expected to fall in time. */
        PRICE_TOO_HIGH,
        /** Its tenant's wallet does not hold what it may cost. */
        OUT_OF_BUDGET,
        /** Its turn would not come before its answer is worthless. */
        NO_CAPACITY
    }
}
