package dev.pigou.engine.openai;

import dev.pigou.engine.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one choice grew by.
 *
 * @param choice index among all choices of the request
 * @param text may be empty: a token can be part of a character, or its text may yet turn out to be a stop string
 * @param tokens those generated
 * @param scored those that carry log-probabilities, echoed prompt tokens among them; empty unless asked for
 */
record ChoiceDelta(int choice, String text, List<Integer> tokens, List<Scored> scored) {
    /** @param logprobs null for a prompt's first token, which nothing predicts */
    record Scored(int token, @Nullable TokenLogprobs logprobs) {}
}
