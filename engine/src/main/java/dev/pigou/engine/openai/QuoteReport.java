package dev.pigou.engine.openai;

import dev.pigou.scheduler.price.Cost;
import dev.pigou.scheduler.price.Quote;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /v1/quotes} answers, by its fields' names. Amounts are in credits. What the scheduling policy does not
 * forecast is null.
 *
 * @param created in seconds since 1970
 * @param cachedTokens of the prompts, found in the cache now
 * @param deferral what waiting would save
 * @param expiresMs until when the quote stands, in milliseconds since 1970
 */
record QuoteReport(String id, String object, long created, String model, String schedulingPolicy, String unit,
        int promptTokens, int cachedTokens, @Nullable Double expectedOutputTokens, Costs cost,
        @Nullable Double expectedTtftSeconds, Deferral deferral, long expiresMs) {

    /** @param p95 what 95 of 100 such requests do not exceed */
    record Costs(Amounts expected, Amounts p95) {}

    /** @param lease of keeping the prompts in the cache afterwards; 0 if that is not asked for */
    record Amounts(double total, double prefill, double decode, double kv, double lease) {
        static Amounts of(Cost cost) {
            return new Amounts(cost.total(), cost.prefill(), cost.decode(), cost.kv(), cost.lease());
        }
    }

    /**
     * @param delaySeconds after which starting is best; 0 if waiting does not pay
     * @param expectedCost then
     */
    record Deferral(double delaySeconds, double expectedCost, double saving) {}

    /**
     * @param quotes one for each prompt, at least one
     * @param choices of each prompt: the first computes it, and the others find it computed
     * @param nowNanos on the scheduler's clock, the same instant as {@code nowMillis}
     */
    static QuoteReport of(Envelope envelope, String policy, List<Quote> quotes, int choices, long nowNanos,
            long nowMillis) {
        Cost expected = sum(quotes, Quote::expected, choices);
        double cheapest = quotes.stream().mapToDouble(quote -> quote.cheapestCredits()
                + (choices - 1) * (quote.expected().decode() + quote.expected().kv())).sum();
        double delay = quotes.stream().mapToDouble(Quote::cheapestDelaySeconds).max().orElseThrow();
        long standsNanos = quotes.stream().mapToLong(Quote::validUntilNanos).min().orElseThrow() - nowNanos;
        double then = delay > 0 ? cheapest : expected.total();
        return new QuoteReport(envelope.id(), "pigou.quote", envelope.created(), envelope.model(), policy,
                "credits", quotes.stream().mapToInt(Quote::promptTokens).sum(),
                quotes.stream().mapToInt(Quote::cachedTokens).sum(),
                known(choices * total(quotes, Quote::outputTokens)),
                new Costs(Amounts.of(expected), Amounts.of(sum(quotes, Quote::most, choices))),
                known(quotes.stream().mapToDouble(Quote::firstTokenSeconds).max().orElseThrow()),
                new Deferral(delay, then, Math.max(0, expected.total() - then)),
                nowMillis + Math.max(0, standsNanos) / 1_000_000);
    }

    private static Cost sum(List<Quote> quotes, Function<Quote, Cost> which, int choices) {
        return new Cost(total(quotes, quote -> which.apply(quote).prefill()),
                choices * total(quotes, quote -> which.apply(quote).decode()),
                choices * total(quotes, quote -> which.apply(quote).kv()),
                total(quotes, quote -> which.apply(quote).lease()));
    }

    private static double total(List<Quote> quotes, ToDoubleFunction<Quote> amount) {
        return quotes.stream().mapToDouble(amount).sum();
    }

    private static @Nullable Double known(double value) { return Double.isFinite(value) ? value : null; }
}
