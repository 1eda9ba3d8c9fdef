package dev.pigou.engine.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code chat.completion} and {@code chat.completion.chunk}. */
final class ChatFormat implements AnswerFormat {
    private static final String ROLE = "assistant";

    private final Envelope envelope;
    private final AnswerOptions options;
    private final TokenText tokenText;
    private final List<Integer> promptTokens;

    ChatFormat(Envelope envelope, AnswerOptions options, TokenText tokenText, List<Integer> promptTokens) {
        this.envelope = envelope;
        this.options = options;
        this.tokenText = tokenText;
        this.promptTokens = promptTokens;
    }

    @Override
    public Object whole(List<ChoiceAnswer> answers, Usage usage) {
        List<Choice> choices = new ArrayList<>(answers.size());
        for (ChoiceAnswer answer : answers) {
            choices.add(new Choice(choices.size(), new Message(ROLE, answer.text(), null),
                    options.logprobs() ? ChatLogprobs.of(answer.scored(), tokenText) : null,
                    answer.end().finishReason(), answer.end().stopReason(),
                    options.returnTokenIds() ? answer.tokens() : null));
        }
        return new ChatCompletion(envelope.id(), "chat.completion", envelope.created(), envelope.model(),
                choices, usage, envelope.serviceTier().toString(), Envelope.FINGERPRINT,
                options.returnTokenIds() ? promptTokens : null);
    }

    @Override
    public byte[] chunkHead() {
        return new JsonBytes().raw("{\"id\":").string(envelope.id())
                .raw(",\"object\":\"chat.completion.chunk\",\"created\":" + envelope.created()
                        + ",\"model\":")
                .string(envelope.model())
                .raw(",\"service_tier\":\"" + envelope.serviceTier() + "\",\"system_fingerprint\":")
                .string(Envelope.FINGERPRINT).toBytes();
    }

    @Override
    public boolean opening(JsonBytes out, int choice) {
        if (options.returnTokenIds() && choice == 0) {
            out.raw(",\"prompt_token_ids\":").numbers(promptTokens);
        }
        out.raw(",\"choices\":[{\"index\":").number(choice).raw(",\"delta\":{\"role\":\"" + ROLE
                + "\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]");
        return true;
    }

    @Override
    public void delta(JsonBytes out, ChoiceDelta delta) {
        out.raw(",\"choices\":[{\"index\":").number(delta.choice()).raw(",\"delta\":{\"content\":")
                .string(delta.text()).raw("},\"logprobs\":");
        if (delta.scored().isEmpty()) {
            out.raw("null");
        } else {
            out.raw(Json.write(ChatLogprobs.of(delta.scored(), tokenText)));
        }
        if (options.returnTokenIds()) {
            out.raw(",\"token_ids\":").numbers(delta.tokens());
        }
        out.raw(",\"finish_reason\":null}]");
    }

    @Override
    public void end(JsonBytes out, ChoiceEnd end) {
        out.raw(",\"choices\":[{\"index\":").number(end.choice())
                .raw(",\"delta\":{},\"logprobs\":null,\"finish_reason\":").string(end.finishReason())
                .raw(",\"stop_reason\":").stopReason(end.stopReason()).raw("}]");
    }

    /** @param promptTokenIds only if asked for */
    private record ChatCompletion(String id, String object, long created, String model, List<Choice> choices,
            Usage usage, String serviceTier, String systemFingerprint,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> promptTokenIds) {}

    private record Choice(int index, Message message, @Nullable ChatLogprobs logprobs, String finishReason,
            @Nullable Object stopReason,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> tokenIds) {}

    private record Message(String role, String content, @Nullable String refusal) {}
}
