package dev.pigou.engine.ledger;

import dev.pigou.engine.Ending;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Refusal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one choice of a request was worth, cost and took. Money is in whole picocredits (1e-12 credits), so that sums are
 * exact.
 *
 * @param requestId as the client was told it, and with {@code choice} the row's identity: it is booked once, but
 *     for leases, whose rent grows
 * @param arrivedMillis since 1970, as {@code endedMillis}
 * @param reason how it ended; {@code lease} for a lease on its prompt, which has a row of its own
 * @param refusal why it was not run; null if the policy did not refuse it
 * @param tierAsked what the client sent as {@code service_tier}; {@code auto} if nothing
 * @param tierGiven what it got
 * @param delayNanos how long its sender waited in vain: for the first token, and after each preemption for the next
 * @param valuePico V: what the answer was worth at once; 0 if there was none
 * @param latencyPico lambda * L: what delay took off that, at most all of it
 * @param riskPico rho * R; 0 as nothing measures risk yet
 * @param writtenOffPico metered above the promise, and so not due
 * @param regretPico what the best option known afterwards would have left its sender more than this one did
 */
public record LedgerRow(String requestId, int choice, long arrivedMillis, long endedMillis, String tenant,
        String model, String reason, @Nullable String refusal, String tierAsked, String tierGiven,
        int promptTokens, int cachedTokens, int outputTokens, int preemptions, long delayNanos,
        long valuePico, long prefillPico, long decodePico, long kvPico, long writtenOffPico, long latencyPico,
        long riskPico, long regretPico) {
    /** The reason of leases. Their rows grow while they stand. */
    static final String LEASE = "lease";
    /** A million credits, so that sums over many rows stay within a long. */
    private static final double MOST_CREDITS = 1e6;
    private static final double PICO_PER_CREDIT = 1e12;
    private static final double NANOS_PER_SECOND = 1e9;

    static LedgerRow of(Booking booking, int choice, Ending ending, long endedMillis) {
        boolean answered = ending.reason() == FinishReason.STOP || ending.reason() == FinishReason.LENGTH;
        long value = answered ? pico(ending.bid().value()) : 0;
        long latency = answered ? value - Math.min(value, pico(ending.value())) : 0;
        Refusal refusal = ending.refusal();
        return new LedgerRow(booking.requestId(), choice, booking.arrivedMillis(), endedMillis,
                ending.bid().tenant().name(), booking.model(), word(ending.reason()),
                refusal == null ? null : word(refusal.reason()), booking.tierAsked(), booking.tierGiven(),
                booking.promptTokens(), ending.cachedTokens(), ending.outputTokens(), ending.preemptions(),
                (long) (ending.delaySeconds() * NANOS_PER_SECOND), value, ending.bill().prefillPico(),
                ending.bill().decodePico(), ending.bill().kvPico(), ending.bill().writtenOffPico(), latency,
                0, regret(ending, value - latency - ending.bill().duePico()));
    }

    /** Of a lease on the prompt of a request, as it stands or as it ended. Whether it was worth it nobody measures, so it regrets nothing. */
    static LedgerRow ofLease(Booking booking, PrefixLease lease, long nowMillis) {
        return new LedgerRow(booking.requestId() + "-lease", 0, booking.arrivedMillis(), nowMillis,
                lease.tenant().name(), booking.model(), LEASE, null, booking.tierAsked(), booking.tierGiven(),
                lease.tokens(), 0, 0, 0, 0, 0, 0, 0, lease.charge().kvPico(), lease.charge().writtenOffPico(),
                0, 0, 0);
    }

    /** What its sender pays. */
    public long duePico() {
        return prefillPico + decodePico + kvPico - writtenOffPico;
    }

    /** V - C - lambda * L - rho * R, as it turned out. */
    public long surplusPico() {
        return valuePico - duePico() - latencyPico - riskPico;
    }

    /**
     * How much better the best option was that is known by now. There are up to three: what happened; not asking, which
     * leaves nothing and costs nothing; and, for a refused request, paying the price that it was refused at, for the value
     * it still had then.
     */
    private static long regret(Ending ending, long surplusPico) {
        long best = Math.max(0, surplusPico);
        Refusal refusal = ending.refusal();
        if (refusal != null) {
            best = Math.max(best, pico(ending.value()) - pico(refusal.price()));
        }
        return best - surplusPico;
    }

    private static long pico(double credits) {
        return Math.round(Math.min(credits, MOST_CREDITS) * PICO_PER_CREDIT);
    }

    private static String word(Enum<?> name) { return name.name().toLowerCase(Locale.ROOT); }
}
