package dev.pigou.engine.ledger;

import dev.pigou.engine.tenant.Account;

/**
 * What is missing in one wallet, told from what happened to it, newest first; in whole picocredits, as the wallet counts.
 *
 * <p>A wallet with a cap is a queue: what is missing in it is the work that waits, charges are arrivals, what it earns is the
 * server, and a full wallet an idle one. So what is missing is the largest, over all times past, of what was charged since
 * then less what was earned since then (Lindley, 1952); and it is never more than the cap. Read backwards, that is known as
 * soon as not even an empty wallet before that time could be felt now.
 */
final class Shortfall {
    private static final double PICO_PER_CREDIT = 1e12;
    private static final double MILLIS_PER_SECOND = 1000;

    private final long capPico;
    private final long refillPicoPerMilli;
    private long backToMillis;
    /** Charged less earned since then. */
    private long sincePico;
    private long missingPico;
    private boolean known;

    Shortfall(Account.Budget budget, long nowMillis) {
        capPico = Math.round(budget.cap() * PICO_PER_CREDIT);
        refillPicoPerMilli = Math.round(budget.refillPerSecond() / MILLIS_PER_SECOND * PICO_PER_CREDIT);
        backToMillis = nowMillis;
    }

    /** True once nothing older matters. */
    boolean isKnown() { return known; }

    /** What is to be told next happened then. A time that is later than the one before, as clocks jump, counts as that. */
    void backTo(long millis) {
        long passed = Math.max(0, backToMillis - millis);
        backToMillis -= passed;
        if (refillPicoPerMilli > 0 && passed > capPico / refillPicoPerMilli) {
            known = true; // it has been filled since, had it been empty then
        } else {
            earned(passed * refillPicoPerMilli);
        }
    }

    void earned(long pico) {
        if (!known) {
            sincePico -= pico;
            known = capPico + sincePico <= missingPico;
        }
    }

    void charged(long pico) {
        if (!known) {
            sincePico += pico;
            missingPico = Math.min(capPico, Math.max(missingPico, sincePico));
            known = missingPico == capPico;
        }
    }

    /** What it holds now, in credits, if no more is to be told. */
    double balance() {
        return (capPico - missingPico) / PICO_PER_CREDIT;
    }
}
