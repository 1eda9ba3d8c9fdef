package dev.pigou.engine.openai;

import dev.pigou.engine.Bill;
import dev.pigou.engine.Engine;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.LeaseGrant;
import dev.pigou.engine.RequestHandle;
import dev.pigou.engine.Submission;
import dev.pigou.engine.openai.ChoiceDelta.Scored;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request alive in the engine: submits its prompts, follows its choices, ends its answer. Owned by the request's
 * text thread; only {@link #closed} and {@link #writable} come from elsewhere.
 *
 * <p>Invariants: (I1) the sink gets exactly one ending, unless the client left first; (I2) once it has, or the client
 * left, every handle is either finished or cancelled.
 */
final class Generation implements ResponseSink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);
    /** Of a policy that did not say why. */
    private static final Refusal UNEXPLAINED = new Refusal(Refusal.Reason.NO_CAPACITY, 1, 0);

    private final String id;
    private final Order order;
    private final Engine engine;
    private final ResponseSink sink;
    private final Answer answer;
    private final AnswerOptions options;
    private final List<Prompt> prompts;
    private final List<ChoiceText> choices;
    private final RequestTimer timer;
    private final Mailbox mailbox;
    private final List<RequestHandle> handles = new CopyOnWriteArrayList<>();
    private final List<List<Scored>> promptScores = new ArrayList<>();
    private final int[] cachedTokens;
    private final boolean[] begun;
    private final int promptTokens;
    private Bill bill = Bill.NOTHING;
    private long expectedPico;
    private final List<LeaseGrant> leases = new ArrayList<>();
    private int generatedTokens;
    private int running;
    private boolean over;
    private volatile boolean clientGone;

    Generation(Order order, Engine engine, ServedModel model, List<Prompt> prompts, AnswerOptions options,
            ResponseSink sink, Answer answer, RequestTimer timer, TextThreads.Worker thread) {
        id = order.id();
        this.order = order;
        this.engine = engine;
        this.sink = sink;
        this.answer = answer;
        this.options = options;
        this.prompts = prompts;
        this.timer = timer;
        mailbox = new Mailbox(thread, this::read);
        promptTokens = prompts.stream().mapToInt(prompt -> prompt.tokens().length).sum();
        running = prompts.size() * options.choices();
        choices = IntStream.range(0, running).mapToObj(i -> new ChoiceText(i, model, options)).toList();
        begun = new boolean[running];
        cachedTokens = new int[prompts.size()];
        prompts.forEach(
                prompt -> promptScores.add(new ArrayList<>(List.of(new Scored(prompt.tokens()[0], null)))));
    }

    /** Submits every prompt; what the engine says about them is read once this has returned. */
    void start() {
        sink.listen(this);
        for (int i = 0; i < prompts.size() && !over; i++) {
            Prompt prompt = prompts.get(i);
            GenerateRequest request = new GenerateRequest(prompts.size() == 1 ? id : id + "-" + i,
                    prompt.tokens(), prompt.sampling(), options.choices(),
                    options.cache().terms(order.caller()), order.bid(), order.quoted(i));
            switch (engine.submit(request, order.booked(request, mailbox.sink(i)))) {
                case Submission.Accepted(RequestHandle handle) -> accepted(handle);
                case Submission.QueueFull full -> fail(ApiError.queueFull(full.waiting(), full.retryAfter()));
                case Submission.Broken _ -> fail(ApiError.broken());
                case Submission.ShuttingDown _ -> fail(ApiError.shuttingDown());
            }
        }
    }

    @Override
    public void closed() {
        clientGone = true;
        handles.forEach(RequestHandle::cancel);
        mailbox.wake();
    }

    @Override
    public void writable() { mailbox.wake(); }

    private void accepted(RequestHandle handle) {
        handles.add(handle);
        if (clientGone) {
            handle.cancel(); // closed() may have looked at the list before
        }
    }

    /** Reads what the engine said, as long as the client keeps up. */
    private void read() {
        try {
            EngineEvent event;
            while (mayGoOn() && (event = mailbox.poll()) != null) {
                handle(event);
            }
            if (!over) {
                answer.flush();
            }
        } catch (RuntimeException e) {
            LOG.error("request {} failed", id, e);
            fail(ApiError.internal("The server failed to write the answer."));
        }
    }

    private boolean mayGoOn() {
        if (clientGone && !over) {
            end("abort");
        }
        return !over && (!options.stream() || sink.writable());
    }

    private void handle(EngineEvent event) {
        switch (event) {
            case EngineEvent.PromptToken e ->
                promptScores.get(e.prompt()).add(new Scored(e.logprobs().token(), e.logprobs()));
            case EngineEvent.Token e -> token(e);
            case EngineEvent.Finished e -> finished(e);
        }
    }

    private void token(EngineEvent.Token event) {
        int index = event.prompt() * options.choices() + event.choice();
        ChoiceText choice = choices.get(index);
        if (choice.stopped()) {
            return; // produced before the engine heard that the text was complete
        }
        begin(event.prompt(), index);
        ChoiceDelta delta = choice.accept(event.token(), event.logprobs());
        generatedTokens++;
        timer.token(index);
        if (choice.stopped()) {
            handles.get(event.prompt()).stop(event.choice());
        }
        answer.delta(delta, usage());
    }

    private void finished(EngineEvent.Finished event) {
        int index = event.prompt() * options.choices() + event.choice();
        ChoiceText choice = choices.get(index);
        if (event.choice() == 0) {
            cachedTokens[event.prompt()] = event.ending().cachedTokens();
        }
        FinishReason reason = event.ending().reason();
        bill = bill.plus(event.ending().bill());
        expectedPico += event.ending().expectedPico();
        if (event.ending().lease() != null) {
            leases.add(event.ending().lease());
        }
        if (!choice.stopped() && reason == FinishReason.ERROR) {
            fail(ApiError.failed(event.ending().failure()));
            return;
        }
        if (!choice.stopped() && reason == FinishReason.CANCELLED) {
            fail(ApiError.shuttingDown());
            return;
        }
        if (!choice.stopped() && reason == FinishReason.REFUSED) {
            refused(event.ending().refusal());
            return;
        }
        begin(event.prompt(), index);
        answer.delta(choice.rest(), usage());
        ChoiceEnd end = choice.end(reason);
        answer.end(end, usage());
        timer.choiceEnded(end.finishReason(), choice.tokens());
        running--;
        if (running == 0) {
            over = true;
            double expected = order.expectedCredits(CreditUsage.credits(expectedPico));
            answer.complete(usage().charged(CreditUsage.of(bill, expected, leases)));
            timer.requestEnded(promptTokens);
        }
    }

    private void refused(@Nullable Refusal refusal) {
        if (!over) {
            end("refused");
            answer.failed(ApiError.notRun(refusal == null ? UNEXPLAINED : refusal));
        }
    }

    /** Echoes the prompt before the first thing a choice says. */
    private void begin(int promptIndex, int choice) {
        if (begun[choice]) {
            return;
        }
        begun[choice] = true;
        Prompt prompt = prompts.get(promptIndex);
        if (prompt.scored() || !prompt.echo().isEmpty()) {
            List<Scored> scored = prompt.scored() ? List.copyOf(promptScores.get(promptIndex)) : List.of();
            answer.delta(new ChoiceDelta(choice, prompt.echo(), List.of(), scored), usage());
        }
    }

    private void fail(ApiError error) {
        if (!over) {
            end("error");
            answer.failed(error);
        }
    }

    /** Nothing more is said about this request. */
    private void end(String reason) {
        over = true;
        handles.forEach(RequestHandle::cancel);
        for (ChoiceText choice : choices) {
            if (!choice.finished()) {
                timer.choiceEnded(clientGone ? "abort" : reason, choice.tokens());
            }
        }
    }

    private Usage usage() {
        return Usage.of(promptTokens, generatedTokens, IntStream.of(cachedTokens).sum());
    }
}
