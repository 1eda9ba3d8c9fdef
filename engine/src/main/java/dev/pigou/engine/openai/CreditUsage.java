package dev.pigou.engine.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pigou.engine.Bill;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a request cost, in credits.
 *
 * @param charge what is due
 * @param prefill of it for computing prompts
 * @param decode for producing tokens
 * @param kv for holding KV memory
 * @param writtenOff what the three come to above {@code charge}, because no more was promised; only if above 0
 * @param quoteError {@code charge} less what the request had been told; only if it said what
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CreditUsage(double charge, double prefill, double decode, double kv, @Nullable Double writtenOff,
        @Nullable Double quoteError) {
    private static final double PICOS_PER_CREDIT = 1e12;

    static CreditUsage of(Bill bill, OptionalDouble quote) {
        double charge = credits(bill.duePico());
        return new CreditUsage(charge, credits(bill.prefillPico()), credits(bill.decodePico()),
                credits(bill.kvPico()), bill.writtenOffPico() > 0 ? credits(bill.writtenOffPico()) : null,
                quote.isPresent() ? charge - quote.getAsDouble() : null);
    }

    private static double credits(long pico) { return pico / PICOS_PER_CREDIT; }
}
