package dev.pigou.engine.ledger;

import dev.pigou.engine.tenant.Account;

/**
 * What is missing in one wallet, told from what happened to it, newest first; in whole picocredits, as the wallet counts.
 *
 * <p>A wallet with a cap is a queue: what is missing in it is the work that waits, charges are arrivals, what it earns is the
 * server, and a full wallet an idle one. So what is missing is the largest, over all times past, of what was charged since
 * then less what was earned since then (Lindley, 1952); and it is never more than twice the cap, for a wallet may owe as much as
 * it can hold. Read backwards, that is known as soon as not even the largest debt before that time could be felt now.
 */
final class Shortfall {
    private static final double PICO_PER_CREDIT = 1e12;
    private static final double MILLIS_PER_SECOND = 1000;

    private final long capPico;
    private final long mostPico;
    private final long refillPicoPerMilli;
    private long backToMillis;
    /** Charged less earned since then. */
    private long sincePico;
    private long missingPico;
    private boolean known;

    Shortfall(Account.Budget budget, long nowMillis) {
        capPico = Math.round(budget.cap() * PICO_PER_CREDIT);
        mostPico = 2 * capPico;
        refillPicoPerMilli = Math.round(budget.refillPerSecond() / MILLIS_PER_SECOND * PICO_PER_CREDIT);
        backToMillis = nowMillis;
    }

    /** True once nothing older matters. */
    boolean isKnown() { return known; }

    /** What is to be told next happened then. A time that is later than the one before, as clocks jump, counts as that. */
    void backTo(long millis) {
        long passed = Math.max(0, backToMillis - millis);
        backToMillis -= passed;
        if (refillPicoPerMilli > 0 && passed > mostPico / refillPicoPerMilli) {
            known = true; // it has been filled since, whatever it owed then
        } else {
            earned(passed * refillPicoPerMilli);
        }
    }

    void earned(long pico) {
        if (!known) {
            sincePico -= pico;
            known = mostPico + sincePico <= missingPico;
        }
    }

    void charged(long pico) {
        if (!known) {
            sincePico += pico;
            missingPico = Math.min(mostPico, Math.max(missingPico, sincePico));
            known = missingPico == mostPico;
        }
    }

    /** What it holds now, in credits, if no more is to be told; a debt is forgiven. */
    double balance() {
        return Math.max(0, capPico - missingPico) / PICO_PER_CREDIT;
    }
}
