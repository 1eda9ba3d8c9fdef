package dev.pigou.engine;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.SamplingParams;

/**
 * One prompt to continue, as token ids.
 *
 * @param id unique among the requests alive; appears in logs
 * @param promptTokens at least one id, each in [0, vocabulary); never written to
 * @param sampling how each choice is sampled; with a seed and {@code choices > 1}, choice i uses seed + i
 * @param choices how many independent continuations, at least 1
 * @param cache with whom it shares prefixes, and whether its first choice leases its own
 * @param bid what each choice is worth to whom
 * @param quoted what it was told that it will cost at most
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
public record GenerateRequest(String id, int[] promptTokens, SamplingParams sampling, int choices,
        CacheTerms cache, Bid bid, QuotedCost quoted) {
    /** A request whose sender said nothing of its worth. Salt 0 is the public one. */
    public GenerateRequest(String id, int[] promptTokens, SamplingParams sampling, int choices,
            long cacheSalt) {
        this(id, promptTokens, sampling, choices, CacheTerms.salted(cacheSalt), Bid.DEFAULT, QuotedCost.NONE);
    }
}
