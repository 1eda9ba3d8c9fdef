package dev.pigou.scheduler.price;

/**
 * A tenant's credits: refilled with time up to a cap, held when a sequence starts, paid when it has ended. What costs more than
 * was held may leave a debt, as large as the cap at most. Picocredits; time in whole milliseconds, what is left over counting
 * later, so that refills are exact. A clock that jumps back refills nothing. Owned by the scheduler's thread; allocates nothing.
 *
 * <ul>
 * <li>W1: 0 <= held, balance <= cap, and balance - held >= -cap.
 * </ul>
 */
final class Wallet {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final double MILLIS_PER_SECOND = 1000;

    private final long refillPicoPerMilli;
    private final long capPico;
    private long balancePico;
    private long heldPico;
    private long nowNanos;

    Wallet(Allowance allowance, long nowNanos) {
        refillPicoPerMilli = Picocredits.of(allowance.refillPerSecond() / MILLIS_PER_SECOND);
        capPico = Picocredits.of(allowance.cap());
        balancePico = Math.min(capPico, Picocredits.of(allowance.balance()));
        this.nowNanos = nowNanos;
    }

    /** What may be held now; below 0 in debt. */
    long availablePico(long toNanos) {
        refill(toNanos);
        return balancePico - heldPico;
    }

    long balancePico() { return balancePico; }

    long heldPico() { return heldPico; }

    private void refill(long toNanos) {
        long passedNanos = toNanos - nowNanos;
        if (passedNanos < 0) {
            nowNanos = toNanos;
            return;
        }
        long millis = passedNanos / NANOS_PER_MILLI;
        nowNanos += millis * NANOS_PER_MILLI;
        long missing = capPico - balancePico;
        boolean fills = refillPicoPerMilli > 0 && millis > missing / refillPicoPerMilli;
        balancePico = fills ? capPico : balancePico + millis * refillPicoPerMilli;
    }

    /** Adds to what it holds, up to the cap; what is above is lost. */
    void earn(long pico) {
        balancePico = Math.min(capPico, balancePico + pico);
    }

    /** Sets so much aside, at most what is available. */
    void hold(long pico) {
        if (pico < 0 || pico > balancePico - heldPico) {
            throw new IllegalStateException("a wallet with " + (balancePico - heldPico)
                    + " picocredits available cannot hold " + pico);
        }
        heldPico += pico;
    }

    /** Most that may be due when a hold of so much ends. */
    long mostDuePico(long pico, long toNanos) {
        return pico + availablePico(toNanos) + capPico;
    }

    /** Ends a hold, and pays what is due, at most {@link #mostDuePico}. */
    void settle(long pico, long duePico) {
        if (pico < 0 || pico > heldPico || duePico < 0 || duePico > pico + balancePico - heldPico + capPico) {
            throw new IllegalStateException(
                    "of " + heldPico + " picocredits held, " + pico + " cannot end with " + duePico + " due");
        }
        heldPico -= pico;
        balancePico -= duePico;
    }

    /** Seconds until so much is available if nothing else is held or settled; infinite if it never is. */
    double secondsUntil(long pico, long toNanos) {
        return pico > capPico ? Double.POSITIVE_INFINITY : refillSeconds(pico - availablePico(toNanos));
    }

    /** The same if all that is held came back at once. */
    double secondsAtBest(long pico, long toNanos) {
        return pico > capPico
                ? Double.POSITIVE_INFINITY
                : refillSeconds(pico - availablePico(toNanos) - heldPico);
    }

    private double refillSeconds(long missingPico) {
        if (missingPico <= 0) {
            return 0;
        }
        return refillPicoPerMilli == 0
                ? Double.POSITIVE_INFINITY
                : Math.ceil((double) missingPico / refillPicoPerMilli) / MILLIS_PER_SECOND;
    }
}
