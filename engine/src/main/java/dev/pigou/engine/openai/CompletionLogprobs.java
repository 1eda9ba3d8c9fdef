package dev.pigou.engine.openai;

import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.openai.ChoiceDelta.Scored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Log-probabilities as completions show them: parallel lists, nulls for a prompt's first token. */
record CompletionLogprobs(List<Integer> textOffset, List<@Nullable Float> tokenLogprobs, List<String> tokens,
        List<@Nullable Map<String, Float>> topLogprobs) {

    /** @param offset characters of the choice before the first of these tokens */
    static CompletionLogprobs of(List<Scored> scored, TokenText text, int offset) {
        CompletionLogprobs lists = new CompletionLogprobs(new ArrayList<>(), new ArrayList<>(),
                new ArrayList<>(), new ArrayList<>());
        int at = offset;
        for (Scored position : scored) {
            String token = text.text(position.token());
            TokenLogprobs logprobs = position.logprobs();
            lists.textOffset.add(at);
            lists.tokens.add(token);
            lists.tokenLogprobs
                    .add(logprobs == null ? null : Math.max(logprobs.logprob(), ChatLogprobs.LEAST));
            lists.topLogprobs.add(logprobs == null ? null : top(token, logprobs, text));
            at += token.length();
        }
        return lists;
    }

    /** Where the next token of the choice begins. */
    int end() {
        return textOffset.isEmpty() ? 0 : textOffset.getLast() + tokens.getLast().length();
    }

    private static Map<String, Float> top(String token, TokenLogprobs position, TokenText text) {
        Map<String, Float> top = new LinkedHashMap<>();
        for (int i = 0; i < position.topTokens().length; i++) {
            top.putIfAbsent(text.text(position.topTokens()[i]),
                    Math.max(position.topLogprobs()[i], ChatLogprobs.LEAST));
        }
        // As vLLM: the token that was chosen is among them even if it is none of the likeliest.
        top.putIfAbsent(token, Math.max(position.logprob(), ChatLogprobs.LEAST));
        return top;
    }
}
