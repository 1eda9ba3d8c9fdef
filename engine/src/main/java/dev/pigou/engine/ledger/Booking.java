package dev.pigou.engine.ledger;

import dev.pigou.engine.Ending;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.TokenSink;
import dev.pigou.scheduler.PrefixLease;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request before it runs, and is booked when its choices end.
 *
 * @param requestId unique for ever
 * @param model by the first of its names, whichever the client used
 * @param tierAsked what the client sent as {@code service_tier}; {@code auto} if nothing
 * @param tierGiven what it got
 * @param arrivedMillis since 1970
 */
public record Booking(String requestId, String model, String tierAsked, String tierGiven, int promptTokens,
        long arrivedMillis) {

    /** Of a request that arrives now. */
    public static Booking of(GenerateRequest request, String model, String tierAsked, String tierGiven) {
        return new Booking(request.id(), model, tierAsked, tierGiven, request.promptTokens().length,
                System.currentTimeMillis());
    }

    /** A sink that books each choice as it ends, and its lease, and hands everything on. */
    public TokenSink into(Ledger ledger, TokenSink further) {
        return new TokenSink() {
            @Override
            public void onPromptLogprobs(int position, TokenLogprobs logprobs) {
                further.onPromptLogprobs(position, logprobs);
            }

            @Override
            public void onToken(int choice, int token, @Nullable TokenLogprobs logprobs) {
                further.onToken(choice, token, logprobs);
            }

            @Override
            public void onFinished(int choice, Ending ending) {
                ledger.book(LedgerRow.of(Booking.this, choice, ending, System.currentTimeMillis()));
                further.onFinished(choice, ending);
            }

            @Override
            public PrefixLease.Listener ofLeases() {
                return new PrefixLease.Listener() {
                    @Override
                    public void onAccrued(PrefixLease lease) { book(lease); }

                    @Override
                    public void onEnded(PrefixLease lease) { book(lease); }

                    private void book(PrefixLease lease) {
                        ledger.book(LedgerRow.ofLease(Booking.this, lease, System.currentTimeMillis()));
                    }
                };
            }
        };
    }
}
