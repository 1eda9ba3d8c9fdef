package dev.pigou.engine.openai;

import dev.pigou.engine.tenant.Account;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The quotes that were given, each to be redeemed once, while it stands, by whom it was given to and for what. Those that are
 * over are remembered for a while, so that who comes too late is told so. What it holds is bounded: beyond that the oldest are
 * forgotten. Safe from any thread.
 */
final class QuoteBook {
    /** A few hundred bytes each. */
    private static final int MOST = 16_384;
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final String PARAM = Offer.OBJECT + "." + Offer.QUOTE;

    private final int most;
    private final Map<String, Entry> entries = new HashMap<>();
    /** As they were given. */
    private final ArrayDeque<Entry> oldest = new ArrayDeque<>();

    QuoteBook() { this(MOST); }

    QuoteBook(int most) { this.most = most; }

    private static final class Entry {
        private final String id;
        private final int tenantIndex;
        private final long forgetNanos;
        /** Null once it was redeemed. */
        private @Nullable GivenQuote quote;

        private Entry(String id, GivenQuote quote) {
            this.id = id;
            this.quote = quote;
            tenantIndex = quote.caller().tenant().index();
            forgetNanos = quote.validUntilNanos() + REMEMBERED_NANOS;
        }
    }

    synchronized void give(String id, GivenQuote quote, long nowNanos) {
        while (!oldest.isEmpty()
                && (oldest.size() >= most || nowNanos - oldest.getFirst().forgetNanos >= 0)) {
            entries.remove(oldest.removeFirst().id);
        }
        Entry entry = new Entry(id, quote);
        entries.put(id, entry);
        oldest.addLast(entry);
    }

    /**
     * The quote of this id, which from now on is used up.
     *
     * @throws ApiException if it is not to be had: it is unknown or somebody else's, is used or over, or was given for
     *     another body
     */
    synchronized GivenQuote redeem(String id, Account caller, BodyPrint body, long nowNanos) {
        Entry entry = entries.get(id);
        if (entry == null || entry.tenantIndex != caller.tenant().index()) {
            throw refused(400, "quote_unknown", "is none that was given to you lately");
        }
        GivenQuote quote = entry.quote;
        if (quote == null) {
            throw refused(409, "quote_used", "was used before. A quote is good for one request");
        }
        if (nowNanos - quote.validUntilNanos() >= 0) {
            throw refused(409, "quote_expired", "does not stand any longer");
        }
        quote.body().differenceTo(body).ifPresent(field -> {
            throw refused(409, "quote_mismatch",
                    "was given for another request: '" + field + "' is not the same");
        });
        entry.quote = null;
        return quote;
    }

    private static ApiException refused(int status, String code, String what) {
        return new ApiException(new ApiError(status,
                "'" + PARAM + "' " + what + ". Ask POST /v1/quotes for one, or leave it out.",
                "invalid_request_error", PARAM, code, null));
    }

    synchronized int size() { return entries.size(); }
}
