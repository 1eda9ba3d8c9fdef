package dev.pigou.engine.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pigou.engine.Bill;
import dev.pigou.engine.LeaseGrant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request cost, in credits.
 *
 * @param charge what is due
 * @param prefill of it for computing prompts
 * @param decode for producing tokens
 * @param kv for holding KV memory
 * @param writtenOff what the three come to above {@code charge}, because no more was promised; only if above 0
 * @param lease on the prompts, of which {@code charge} holds nothing yet; only if there is one
 * @param quoteError {@code charge} less what was expected: by the quote that it came with, or else when it started
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CreditUsage(double charge, double prefill, double decode, double kv, @Nullable Double writtenOff,
        double quoteError, @Nullable LeaseUsage lease) {
    private static final double PICOS_PER_CREDIT = 1e12;

    static CreditUsage of(Bill bill, double expectedCredits, List<LeaseGrant> leases) {
        double charge = credits(bill.duePico());
        return new CreditUsage(charge, credits(bill.prefillPico()), credits(bill.decodePico()),
                credits(bill.kvPico()), bill.writtenOffPico() > 0 ? credits(bill.writtenOffPico()) : null,
                charge - expectedCredits,
                leases.isEmpty() ? null : LeaseUsage.of(leases, System.currentTimeMillis()));
    }

    /**
     * @param tokens of the prompts that are kept
     * @param expiresMs when it ends at the latest, in milliseconds since 1970
     * @param most it may cost, after which it ends; null if nothing limits it
     */
    record LeaseUsage(int tokens, long expiresMs, @Nullable Double most) {
        static LeaseUsage of(List<LeaseGrant> leases, long nowMillis) {
            double most = leases.stream().mapToDouble(LeaseGrant::mostCredits).sum();
            long nanos = leases.stream().mapToLong(LeaseGrant::nanos).max().orElseThrow();
            return new LeaseUsage(leases.stream().mapToInt(LeaseGrant::tokens).sum(),
                    nowMillis + nanos / 1_000_000, Double.isFinite(most) ? most : null);
        }
    }

    static double credits(long pico) { return pico / PICOS_PER_CREDIT; }
}
