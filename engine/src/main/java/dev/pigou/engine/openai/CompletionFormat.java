package dev.pigou.engine.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code text_completion}, whole and in chunks, which have the same name. */
final class CompletionFormat implements AnswerFormat {
    private static final String OBJECT = "text_completion";

    private final Envelope envelope;
    private final AnswerOptions options;
    private final TokenText tokenText;
    private final List<List<Integer>> prompts;
    private final BitSet begun = new BitSet();
    /** For each choice, where in its text the next token begins; characters. */
    private final int[] offsets;

    CompletionFormat(Envelope envelope, AnswerOptions options, TokenText tokenText,
            List<List<Integer>> prompts) {
        this.envelope = envelope;
        this.options = options;
        this.tokenText = tokenText;
        this.prompts = prompts;
        offsets = new int[prompts.size() * options.choices()];
    }

    @Override
    public Object whole(List<ChoiceAnswer> answers, Usage usage) {
        List<Choice> choices = new ArrayList<>(answers.size());
        for (ChoiceAnswer answer : answers) {
            choices.add(new Choice(choices.size(), answer.text(),
                    options.logprobs() ? CompletionLogprobs.of(answer.scored(), tokenText, 0) : null,
                    answer.end().finishReason(), answer.end().stopReason(),
                    options.returnTokenIds() ? answer.tokens() : null,
                    options.returnTokenIds() ? prompt(choices.size()) : null));
        }
        return new Completion(envelope.id(), OBJECT, envelope.created(), envelope.model(), choices, usage,
                envelope.serviceTier().toString(), Envelope.FINGERPRINT);
    }

    @Override
    public byte[] chunkHead() {
        return new JsonBytes().raw("{\"id\":").string(envelope.id())
                .raw(",\"object\":\"" + OBJECT + "\",\"created\":" + envelope.created() + ",\"model\":")
                .string(envelope.model())
                .raw(",\"service_tier\":\"" + envelope.serviceTier() + "\",\"system_fingerprint\":")
                .string(Envelope.FINGERPRINT).toBytes();
    }

    @Override
    public boolean opening(JsonBytes out, int choice) { return false; }

    @Override
    public void delta(JsonBytes out, ChoiceDelta delta) {
        out.raw(",\"choices\":[{\"index\":").number(delta.choice()).raw(",\"text\":").string(delta.text())
                .raw(",\"logprobs\":");
        if (delta.scored().isEmpty()) {
            out.raw("null");
        } else {
            CompletionLogprobs logprobs = CompletionLogprobs.of(delta.scored(), tokenText,
                    offsets[delta.choice()]);
            offsets[delta.choice()] = logprobs.end();
            out.raw(Json.write(logprobs));
        }
        if (options.returnTokenIds()) {
            out.raw(",\"token_ids\":").numbers(delta.tokens());
            if (!begun.get(delta.choice())) {
                begun.set(delta.choice());
                out.raw(",\"prompt_token_ids\":").numbers(prompt(delta.choice()));
            }
        }
        out.raw(",\"finish_reason\":null}]");
    }

    @Override
    public void end(JsonBytes out, ChoiceEnd end) {
        out.raw(",\"choices\":[{\"index\":").number(end.choice())
                .raw(",\"text\":\"\",\"logprobs\":null,\"finish_reason\":").string(end.finishReason())
                .raw(",\"stop_reason\":").stopReason(end.stopReason()).raw("}]");
    }

    private List<Integer> prompt(int choice) { return prompts.get(choice / options.choices()); }

    private record Completion(String id, String object, long created, String model, List<Choice> choices,
            Usage usage, String serviceTier, String systemFingerprint) {}

    /** @param tokenIds only if asked for, as the prompt's */
    private record Choice(int index, String text, @Nullable CompletionLogprobs logprobs, String finishReason,
            @Nullable Object stopReason,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> tokenIds,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> promptTokenIds) {}
}
