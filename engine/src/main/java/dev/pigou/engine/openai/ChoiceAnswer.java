package dev.pigou.engine.openai;

import dev.pigou.engine.openai.ChoiceDelta.Scored;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One choice, collected until it is complete. Owned by the request's text thread. */
final class ChoiceAnswer {
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Scored> scored = new ArrayList<>();
    private @Nullable ChoiceEnd end;

    void add(ChoiceDelta delta) {
        text.append(delta.text());
        tokens.addAll(delta.tokens());
        scored.addAll(delta.scored());
    }

    void end(ChoiceEnd how) { end = how; }

    String text() { return text.toString(); }

    List<Integer> tokens() { return tokens; }

    List<Scored> scored() { return scored; }

    ChoiceEnd end() {
        if (end == null) {
            throw new IllegalStateException("the choice has not ended");
        }
        return end;
    }
}
