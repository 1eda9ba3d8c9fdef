package dev.pigou.bench.load.client;

import dev.pigou.bench.load.workload.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What has been said in one session. A completion's prompt is all of it, one after the other. Token ids are the exception:
 * which ids an answer had is not known, so answers are left out of prompts made of ids.
 *
 * <p>Used by one thread at a time.
 */
public final class Conversation {
    private final List<Prompt> asked = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private int answeredTokens;

    /** One message of a chat. */
    record Message(String role, String text) {}

    /** Something new is asked. What was asked before must have been answered. */
    public void ask(Prompt prompt) {
        if (!asked.isEmpty() && asked.getFirst().getClass() != prompt.getClass()) {
            throw new IllegalArgumentException("a session's prompts must all be texts or all be token ids");
        }
        asked.add(prompt);
    }

    public void answer(String text, int tokens) {
        answers.add(text);
        answeredTokens += tokens;
    }

    /** How long the prompt is meant to be. */
    public int promptTokens() {
        int tokens = asked.stream().mapToInt(Prompt::tokens).sum();
        return asked.getFirst() instanceof Prompt.TokenIds ? tokens : tokens + answeredTokens;
    }

    Prompt prompt() {
        if (asked.size() == 1) {
            return asked.getFirst();
        }
        if (asked.getFirst() instanceof Prompt.TokenIds) {
            return new Prompt.TokenIds(asked.stream().map(Prompt.TokenIds.class::cast)
                    .flatMapToInt(prompt -> Arrays.stream(prompt.ids())).toArray());
        }
        var text = new StringBuilder();
        messages().forEach(message -> text.append(message.text()));
        return new Prompt.Text(text.toString(), promptTokens());
    }

    /** @throws IllegalArgumentException if it was asked in token ids, which a chat cannot carry */
    List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (!(asked.get(i) instanceof Prompt.Text(String text, int _))) {
                throw new IllegalArgumentException(
                        "prompts of token ids go to completions, not to a chat; use "
                                + "--backend openai, or a dataset of texts");
            }
            messages.add(new Message("user", text));
            if (i < answers.size()) {
                messages.add(new Message("assistant", answers.get(i)));
            }
        }
        return messages;
    }
}
