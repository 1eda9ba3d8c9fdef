package dev.pigou.engine.openai;

import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.QuotedCost;
import dev.pigou.engine.TokenSink;
import dev.pigou.engine.ledger.Booking;
import dev.pigou.engine.ledger.Ledger;
import dev.pigou.engine.tenant.Account;
import dev.pigou.scheduler.Bid;
import java.util.Optional;

/**
 * A request as a business: who asks, what it offers, and where that is booked.
 *
 * @param id as the client is told it
 * @param modelName the first of the model's names
 * @param offer as the client made it
 * @param bid of each answer, as the offer and its tier make it
 * @param quote that it came with
 */
record Order(String id, String modelName, Account caller, Offer offer, Bid bid, Optional<GivenQuote> quote,
        Ledger ledger) {
    /** What a prompt's choices cost at most. */
    QuotedCost quoted(int prompt) {
        return quote.map(given -> given.costs().get(prompt)).orElse(QuotedCost.NONE);
    }

    /**
     * What its sender was told that all of it would cost, or else could have been told at the start.
     *
     * @param atStartCredits what was expected when it started
     */
    double expectedCredits(double atStartCredits) {
        return quote.map(GivenQuote::expectedCredits).orElse(atStartCredits);
    }

    /** A sink that hands everything on, and books each choice of the request as it ends. */
    TokenSink booked(GenerateRequest request, TokenSink further) {
        return Booking.of(request, modelName, offer.tierAsked(), offer.tier().toString()).into(ledger,
                further);
    }
}
