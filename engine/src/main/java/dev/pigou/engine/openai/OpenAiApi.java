package dev.pigou.engine.openai;

import dev.pigou.engine.Engine;
import dev.pigou.engine.ledger.Ledger;
import dev.pigou.engine.ops.ServerMetrics;
import dev.pigou.engine.tenant.Account;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API's endpoints. Every method returns at once, from any thread, and answers through the sink later; bodies are
 * the bytes the client sent, unchecked.
 */
public final class OpenAiApi {
    private static final Logger LOG = LoggerFactory.getLogger(OpenAiApi.class);

    private final Engine engine;
    private final ServedModel model;
    private final TextThreads threads;
    private final ServerMetrics metrics;
    private final ServiceTiers tiers;
    private final Ledger ledger;
    private final TokenText tokenText;
    private final ModelList models;
    private final TokenizeService tokenizing;
    private final LoadReport load;
    private final PriceFeed priceFeed;
    private final QuoteBook quoteBook = new QuoteBook();
    private final QuoteService quoting;

    public OpenAiApi(Engine engine, ServedModel model, TextThreads threads, ServerMetrics metrics) {
        this(engine, model, threads, metrics, ServiceTiers.STANDARD, Ledger.NONE);
    }

    /**
     * @param tiers what requests are worth that do not say it
     * @param ledger where every choice is booked
     */
    public OpenAiApi(Engine engine, ServedModel model, TextThreads threads, ServerMetrics metrics,
            ServiceTiers tiers, Ledger ledger) {
        this.tiers = tiers;
        this.engine = engine;
        this.model = model;
        this.threads = threads;
        this.metrics = metrics;
        this.ledger = ledger;
        tokenText = new TokenText(model.tokenizer());
        models = new ModelList(model);
        tokenizing = new TokenizeService(model);
        quoting = new QuoteService(engine, model, tiers, quoteBook);
        load = new LoadReport(engine);
        priceFeed = new PriceFeed(this::priceReport, PriceFeed.Pace.DEFAULT);
    }

    public void models(ResponseSink sink) { sink.respond(200, Map.of(), Json.write(models.all())); }

    public void model(String name, ResponseSink sink) {
        models.find(name).ifPresentOrElse(found -> sink.respond(200, Map.of(), Json.write(found)),
                () -> sink.error(ApiError.modelNotFound(name)));
    }

    public void prices(ResponseSink sink) { sink.respond(200, Map.of(), Json.write(priceReport())); }

    /** The prices again and again until the client leaves or {@link #endStreams} is called. */
    public void priceStream(ResponseSink sink) {
        priceFeed.subscribe(sink);
    }

    private PriceReport priceReport() {
        return PriceReport.of(engine.prices(), System.nanoTime(), System.currentTimeMillis());
    }

    /** The value of an {@code endpoint-load-metrics} header; empty if there is no such format. */
    public Optional<String> loadReport(String format) {
        return load.in(format);
    }

    /** Ends the streams that have no end of their own, because the server shuts down. */
    public void endStreams() {
        priceFeed.end();
    }

    public void quotes(Account caller, byte[] body, ResponseSink sink) {
        onTextThread(body, sink, (fields, thread) -> quoting.quote(caller, fields, sink, thread));
    }

    public void tokenize(byte[] body, ResponseSink sink) { answerOnce(body, sink, tokenizing::tokenize); }

    public void detokenize(byte[] body, ResponseSink sink) { answerOnce(body, sink, tokenizing::detokenize); }

    public void chatCompletions(Account caller, byte[] body, ResponseSink sink) {
        long arrivedNanos = System.nanoTime();
        onTextThread(body, sink, (fields, thread) -> {
            Offer offer = Offer.read(fields);
            ChatRequest request = ChatRequest.read(fields, model);
            metrics.fieldsIgnored(fields.unknown());
            Envelope envelope = Envelope.open("chatcmpl-", request.modelName(), offer.tier());
            ChatFormat format = new ChatFormat(envelope, request.options(), tokenText,
                    request.prompt().tokenList());
            generate(order(envelope, caller, fields, offer, request.options().choices(), arrivedNanos),
                    List.of(request.prompt()), request.options(), format, sink, arrivedNanos, thread);
        });
    }

    public void completions(Account caller, byte[] body, ResponseSink sink) {
        long arrivedNanos = System.nanoTime();
        onTextThread(body, sink, (fields, thread) -> {
            Offer offer = Offer.read(fields);
            CompletionRequest request = CompletionRequest.read(fields, model);
            metrics.fieldsIgnored(fields.unknown());
            Envelope envelope = Envelope.open("cmpl-", request.modelName(), offer.tier());
            CompletionFormat format = new CompletionFormat(envelope, request.options(), tokenText,
                    request.prompts().stream().map(Prompt::tokenList).toList());
            int choices = request.prompts().size() * request.options().choices();
            generate(order(envelope, caller, fields, offer, choices, arrivedNanos), request.prompts(),
                    request.options(), format, sink, arrivedNanos, thread);
        });
    }

    /** The quote it names is used up by that, so this comes last of all that may be wrong. */
    private Order order(Envelope envelope, Account caller, Fields fields, Offer offer, int choices,
            long arrivedNanos) {
        Optional<GivenQuote> quote = offer.quote()
                .map(id -> quoteBook.redeem(id, caller, BodyPrint.of(fields.object()), System.nanoTime()));
        return new Order(envelope.id(), model.name(), caller, offer,
                offer.bid(caller.tenant(), tiers, arrivedNanos, choices), quote, ledger);
    }

    private void generate(Order order, List<Prompt> prompts, AnswerOptions options, AnswerFormat format,
            ResponseSink sink, long arrivedNanos, TextThreads.Worker thread) {
        int choices = prompts.size() * options.choices();
        Answer answer = options.stream()
                ? new StreamedAnswer(sink, format, options)
                : new WholeAnswer(sink, format, choices);
        new Generation(order, engine, model, prompts, options, sink, answer,
                new RequestTimer(metrics, arrivedNanos, choices), thread).start();
    }

    private void answerOnce(byte[] body, ResponseSink sink, Function<Fields, Object> work) {
        onTextThread(body, sink,
                (fields, thread) -> sink.respond(200, Map.of(), Json.write(work.apply(fields))));
    }

    private void onTextThread(byte[] body, ResponseSink sink, BiConsumer<Fields, TextThreads.Worker> work) {
        TextThreads.Worker thread = threads.next();
        boolean begun = thread.tryStart(() -> {
            try {
                work.accept(Fields.of(Json.parse(body)), thread);
            } catch (ApiException e) {
                sink.error(e.error());
            } catch (RuntimeException | OutOfMemoryError e) {
                LOG.error("a request failed before it reached the engine", e);
                sink.error(ApiError.internal("The server failed to read the request."));
            }
        });
        if (!begun) {
            sink.error(ApiError.busy());
        }
    }
}
