package dev.pigou.engine.openai;

import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.openai.ChoiceDelta.Scored;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Log-probabilities as chat completions show them. */
record ChatLogprobs(List<Token> content, @Nullable Object refusal) {
    /** The least number shown: JSON has no minus infinity. */
    static final float LEAST = -9999f;

    static ChatLogprobs of(List<Scored> scored, TokenText text) {
        List<Token> content = new ArrayList<>(scored.size());
        for (Scored token : scored) {
            TokenLogprobs logprobs = token.logprobs();
            if (logprobs != null) {
                content.add(Token.of(logprobs, text));
            }
        }
        return new ChatLogprobs(content, null);
    }

    private static int[] unsigned(byte[] bytes) {
        int[] values = new int[bytes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes[i] & 0xFF;
        }
        return values;
    }

    /** One position. */
    @SuppressWarnings("ArrayRecordComponent") // on its way to JSON; nobody compares two of them
    record Token(String token, float logprob, int[] bytes, List<Candidate> topLogprobs) {
        private static Token of(TokenLogprobs position, TokenText text) {
            List<Candidate> top = new ArrayList<>(position.topTokens().length);
            for (int i = 0; i < position.topTokens().length; i++) {
                int id = position.topTokens()[i];
                top.add(new Candidate(text.text(id), Math.max(position.topLogprobs()[i], LEAST),
                        unsigned(text.bytes(id))));
            }
            int id = position.token();
            return new Token(text.text(id), Math.max(position.logprob(), LEAST), unsigned(text.bytes(id)),
                    top);
        }
    }

    /** One of the likeliest tokens at a position. */
    @SuppressWarnings("ArrayRecordComponent")
    record Candidate(String token, float logprob, int[] bytes) {}
}
