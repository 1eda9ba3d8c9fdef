package dev.pigou.engine.openai;

import dev.pigou.engine.Engine;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.QuotedCost;
import dev.pigou.engine.tenant.Account;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.price.Quote;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code /v1/quotes}: reads the body of a chat or a completion, and says what it would cost. */
final class QuoteService {
    private final Engine engine;
    private final ServedModel model;
    private final ServiceTiers tiers;
    private final QuoteBook book;

    /** @param book where what is given is written down, to be redeemed */
    QuoteService(Engine engine, ServedModel model, ServiceTiers tiers, QuoteBook book) {
        this.tiers = tiers;
        this.book = book;
        this.engine = engine;
        this.model = model;
    }

    /** On a text thread, which also writes the answer: the engine thread only finds the figures. */
    void quote(Account caller, Fields fields, ResponseSink sink, TextThreads.Worker thread) {
        long arrivedNanos = System.nanoTime();
        Offer offer = Offer.read(fields);
        if (fields.value("messages").isPresent()) {
            ChatRequest request = ChatRequest.read(fields, model);
            ask(caller, BodyPrint.of(fields.object()), request.modelName(), List.of(request.prompt()),
                    request.options(), offer, arrivedNanos, sink, thread);
        } else {
            CompletionRequest request = CompletionRequest.read(fields, model);
            ask(caller, BodyPrint.of(fields.object()), request.modelName(), request.prompts(),
                    request.options(), offer, arrivedNanos, sink, thread);
        }
    }

    private void ask(Account caller, BodyPrint body, String modelName, List<Prompt> prompts,
            AnswerOptions options, Offer offer, long arrivedNanos, ResponseSink sink,
            TextThreads.Worker thread) {
        Envelope envelope = Envelope.open("quote-", modelName, offer.tier());
        Bid bid = offer.bid(caller.tenant(), tiers, arrivedNanos, prompts.size() * options.choices());
        var asking = new Asking(envelope, caller, body, prompts.size(), options.choices(), sink, thread);
        for (int i = 0; i < prompts.size(); i++) {
            int index = i;
            GenerateRequest request = new GenerateRequest(envelope.id(), prompts.get(i).tokens(),
                    prompts.get(i).sampling(), options.choices(), options.cache().terms(caller), bid,
                    QuotedCost.NONE);
            if (!engine.quote(request, quote -> asking.answered(index, quote))) {
                sink.error(ApiError.tooManyQuotes());
                return; // answers to the earlier prompts find nobody any more
            }
        }
    }

    /** The quotes of one request's prompts, until all are there. */
    private final class Asking {
        private final Envelope envelope;
        private final Account caller;
        private final BodyPrint body;
        private final int choices;
        private final ResponseSink sink;
        private final TextThreads.Worker thread;
        private final AtomicReferenceArray<@Nullable Quote> quotes;
        private final AtomicInteger missing;

        Asking(Envelope envelope, Account caller, BodyPrint body, int prompts, int choices, ResponseSink sink,
                TextThreads.Worker thread) {
            this.envelope = envelope;
            this.caller = caller;
            this.body = body;
            this.choices = choices;
            this.sink = sink;
            this.thread = thread;
            quotes = new AtomicReferenceArray<>(prompts);
            missing = new AtomicInteger(prompts);
        }

        /** On the engine thread. */
        void answered(int prompt, Optional<Quote> quote) {
            quote.ifPresent(given -> quotes.set(prompt, given));
            if (missing.decrementAndGet() == 0) {
                thread.resume(this::write);
            }
        }

        private void write() {
            List<Quote> all = IntStream.range(0, quotes.length()).mapToObj(quotes::get)
                    .filter(Objects::nonNull).toList();
            if (all.size() < quotes.length()) {
                sink.error(ApiError.internal("The server failed to make a quote."));
                return;
            }
            book.give(envelope.id(), GivenQuote.of(caller, body, all, choices), System.nanoTime());
            QuoteReport report = QuoteReport.of(envelope, engine.prices().policy(), all, choices,
                    System.nanoTime(), System.currentTimeMillis());
            sink.respond(200, Map.of(), Json.write(report));
        }
    }
}
