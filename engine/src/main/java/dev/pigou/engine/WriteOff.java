package dev.pigou.engine;

import dev.pigou.scheduler.Charge;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Sequence;

/** Why some of what was metered is not due: which promise was the lowest. */
public enum WriteOff {
    /** It failed through no fault of its sender. */
    FAILED,
    /** It started on its tenant's memory floor, for nothing. */
    FLOOR,
    /** The largest debt of its tenant's wallet. */
    WALLET,
    /** Its quote. */
    QUOTE,
    /** The most that its sender would pay. */
    MAX_PRICE,
    /** What 95 of 100 like it would not exceed, as forecast when it started. */
    FORECAST,
    /** What the answer was worth to its sender when it started. */
    VALUE,
    /** A lease was to end, and its last rent could not be paid any more. */
    LEASE;

    private static final double PICO_PER_CREDIT = 1e12;

    /** Of a sequence that has ended. */
    static WriteOff of(Sequence ended) {
        Charge charge = ended.charge();
        long bound = charge.boundPico();
        if (ended.finishReason() == FinishReason.ERROR) {
            return FAILED;
        } else if (charge.isBeyondWallet()) {
            return WALLET;
        } else if (bound == charge.quotedPico()) {
            return QUOTE;
        } else if (bound == Math.round(ended.bid().maxPrice() * PICO_PER_CREDIT)) {
            return MAX_PRICE;
        } else if (bound == charge.forecastPico()) {
            return FORECAST;
        }
        return bound == 0 ? FLOOR : VALUE;
    }
}
