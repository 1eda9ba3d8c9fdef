package dev.pigou.engine.openai;

import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.openai.ChoiceDelta.Scored;
import dev.pigou.engine.text.IncrementalDetokenizer;
import dev.pigou.engine.text.StopStrings;
import dev.pigou.scheduler.FinishReason;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the tokens of one choice into the text the client may see. Owned by the request's text thread. */
final class ChoiceText {
    private final int choice;
    private final ServedModel model;
    private final AnswerOptions options;
    private final IncrementalDetokenizer detokenizer;
    private final StopStrings stops;
    private @Nullable Object stopReason;
    private boolean finished;
    private int tokens;

    ChoiceText(int choice, ServedModel model, AnswerOptions options) {
        this.choice = choice;
        this.model = model;
        this.options = options;
        detokenizer = new IncrementalDetokenizer(model.tokenizer(), options.skipSpecialTokens());
        stops = new StopStrings(options.stop(), true);
    }

    /** Tokens that count: all until the text was complete. */
    int tokens() { return tokens; }

    /** True once a stop string was found; what the engine still sends is not part of the answer. */
    boolean stopped() {
        return stops.stopped();
    }

    boolean finished() { return finished; }

    ChoiceDelta accept(int token, @Nullable TokenLogprobs logprobs) {
        tokens++;
        boolean hidden = options.ends(token, model) && !options.includeStop();
        String text = hidden ? "" : upToStop(detokenizer.push(token));
        if (!stopped() && options.stopTokens().contains(token)) {
            stopReason = token;
        }
        List<Scored> scored = logprobs == null ? List.of() : List.of(new Scored(token, logprobs));
        return new ChoiceDelta(choice, text, List.of(token), scored);
    }

    /** What was held back until now, for it might have become a stop string or a whole character. */
    ChoiceDelta rest() {
        finished = true;
        String text = stopped() ? "" : upToStop(detokenizer.finish()) + stops.finish();
        return new ChoiceDelta(choice, text, List.of(), List.of());
    }

    /** @param reason STOP or LENGTH */
    ChoiceEnd end(FinishReason reason) {
        boolean stop = stopped() || reason == FinishReason.STOP;
        return new ChoiceEnd(choice, stop ? "stop" : "length", stop ? stopReason : null);
    }

    /**
     * Text that is certain to belong to the answer. The matcher gives out the stop string too, so that we see which of
     * them it was: the longest that the text ends with.
     */
    private String upToStop(String piece) {
        String text = stops.push(piece);
        if (!stops.stopped()) {
            return text;
        }
        String stop = options.stop().stream().filter(text::endsWith)
                .max(Comparator.comparingInt(String::length)).orElseThrow();
        stopReason = stop;
        return options.includeStop() ? text : text.substring(0, text.length() - stop.length());
    }
}
