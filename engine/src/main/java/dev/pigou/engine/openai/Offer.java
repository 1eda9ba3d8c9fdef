package dev.pigou.engine.openai;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a request says of its worth: its {@code service_tier}, its {@code priority}, and the object {@code pigou}. Amounts
 * are in credits and of the whole request, whose answers share them equally.
 *
 * @param tierAsked as the client wrote it; {@code auto} if it did not
 * @param tier given; for what the request does not say
 * @param value of having the answers at once
 * @param latencyPrice of a second of delay
 * @param maxPrice most that the client will pay; 0 is to run only while that is free
 * @param deadlineMillis from arrival; an answer that has not begun by then is worth nothing
 * @param quote id of the quote that it comes with
 * @param priority vLLM's field: lower goes first under the policy {@code priority}
 */
record Offer(String tierAsked, ServiceTier tier, OptionalDouble value, OptionalDouble latencyPrice,
        OptionalDouble maxPrice, OptionalDouble deadlineMillis, Optional<String> quote, int priority) {
    /** As whole picocredits, sums of these are far from overflowing. */
    static final double MOST_CREDITS = 1_000_000;

    static final String OBJECT = "pigou";
    static final String QUOTE = "quote";

    private static final double NANOS_PER_MILLI = 1e6;

    static Offer read(Fields fields) {
        String asked = fields.string("service_tier").orElse("auto");
        ServiceTier tier = ServiceTier.of(asked).orElseThrow(() -> ApiException.invalid("service_tier",
                "'service_tier' must be " + ServiceTier.NAMES + ", but is '" + Fields.shorten(asked) + "'."));
        int priority = fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0);
        return fields.object(OBJECT).map(bid -> of(asked, tier, bid, priority))
                .orElseGet(() -> new Offer(asked, tier, OptionalDouble.empty(), OptionalDouble.empty(),
                        OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty(), priority));
    }

    private static Offer of(String asked, ServiceTier tier, Fields bid, int priority) {
        Offer offer = new Offer(asked, tier, credits(bid, "value"), credits(bid, "latency_price"),
                credits(bid, "max_price"), deadline(bid), bid.string(QUOTE), priority);
        bid.firstUnknown().ifPresent(name -> {
            // A misspelt limit would be money spent against the sender's will.
            throw ApiException.invalid(bid.param(name), "'" + bid.param(name)
                    + "' is no field of a bid; those are value, latency_price, max_price, deadline_ms and quote.");
        });
        return offer;
    }

    private static OptionalDouble credits(Fields bid, String name) {
        OptionalDouble credits = bid.number(name);
        credits.ifPresent(amount -> {
            if (!(amount >= 0 && amount <= MOST_CREDITS)) {
                throw ApiException.invalid(bid.param(name),
                        "'" + bid.param(name) + "' must be a number of credits from 0 to "
                                + (long) MOST_CREDITS + ", but is " + amount
                                + (amount < 0 ? "; leave it out to say nothing." : "."));
            }
        });
        return credits;
    }

    private static OptionalDouble deadline(Fields bid) {
        OptionalDouble millis = bid.number("deadline_ms");
        millis.ifPresent(left -> {
            if (!(left > 0)) {
                throw ApiException.invalid(bid.param("deadline_ms"),
                        "'" + bid.param("deadline_ms")
                                + "' counts from the request's arrival and must be above 0, but is " + left
                                + ": it has passed. Give it more time, or leave it out.");
            }
        });
        return millis;
    }

    /**
     * What each of its answers bids.
     *
     * @param arrivedNanos on the engine's clock
     * @param answers that share what the request says; a tier's worth is of each
     */
    Bid bid(Tenant tenant, ServiceTiers tiers, long arrivedNanos, int answers) {
        ServiceTiers.Worth worth = tiers.of(tier);
        return new Bid(tenant, value.isPresent() ? value.getAsDouble() / answers : worth.value(),
                latencyPrice.isPresent() ? latencyPrice.getAsDouble() / answers : worth.latencyPrice(),
                maxPrice.orElse(Double.POSITIVE_INFINITY) / answers, deadlineNanos(arrivedNanos), priority,
                tier.serviceClass());
    }

    private long deadlineNanos(long arrivedNanos) {
        double nanos = deadlineMillis.orElse(Double.POSITIVE_INFINITY) * NANOS_PER_MILLI;
        return nanos >= (double) Long.MAX_VALUE - Math.max(0, arrivedNanos)
                ? Bid.NO_DEADLINE
                : arrivedNanos + (long) nanos;
    }
}
