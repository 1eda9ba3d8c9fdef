package dev.pigou.engine.openai;

import dev.pigou.engine.QuotedCost;
import dev.pigou.engine.tenant.Account;
import dev.pigou.scheduler.price.Quote;
import java.util.List;

/**
 * A quote as it was given, and binds.
 *
 * @param caller who alone may redeem it
 * @param body that it was given for
 * @param expectedCredits of all answers, without leases: what the charge is compared with
 * @param costs of each prompt
 * @param validUntilNanos on the engine's clock
 */
record GivenQuote(Account caller, BodyPrint body, double expectedCredits, List<QuotedCost> costs,
        long validUntilNanos) {
    static GivenQuote of(Account caller, BodyPrint body, List<Quote> quotes, int choices) {
        double expected = quotes.stream().map(Quote::expected)
                .mapToDouble(cost -> cost.prefill() + choices * (cost.decode() + cost.kv())).sum();
        return new GivenQuote(caller, body, expected, quotes.stream().map(QuotedCost::of).toList(),
                quotes.stream().mapToLong(Quote::validUntilNanos).min().orElseThrow());
    }
}
