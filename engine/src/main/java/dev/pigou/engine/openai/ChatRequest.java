package dev.pigou.engine.openai;

import dev.pigou.scheduler.SamplingParams;
import java.util.OptionalInt;

/** Reads the body of {@code POST /v1/chat/completions}. */
record ChatRequest(String modelName, AnswerOptions options, Prompt prompt) {

    static ChatRequest read(Fields fields, ServedModel model) {
        String name = ModelName.read(fields, model);
        Unsupported.refuse(fields);
        boolean logprobs = fields.flag("logprobs", false);
        OptionalInt topLogprobs = fields.integer("top_logprobs", 0, model.limits().maxLogprobs());
        if (topLogprobs.orElse(0) > 0 && !logprobs) {
            throw ApiException.invalid("top_logprobs",
                    "'top_logprobs' is only allowed when 'logprobs' is true.");
        }
        AnswerOptions options = AnswerOptions.read(fields, model, logprobs);
        SamplingParams.Builder sampling = SamplingFields.read(fields, model, options, topLogprobs.orElse(0));
        OptionalInt newName = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        OptionalInt oldName = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        SamplingFields.build(sampling); // a wrong number is told before the text is tokenised
        int[] tokens = ChatPrompt.read(fields).tokens(model);
        if (tokens.length == 0) {
            throw ApiException.invalid("messages", "'messages' must not come to an empty prompt.");
        }
        int maxTokens = SamplingFields.maxTokens(newName.isPresent() ? newName : oldName, Integer.MAX_VALUE,
                tokens.length, model.limits(), "messages");
        return new ChatRequest(name, options,
                new Prompt(tokens, "", SamplingFields.build(sampling.maxTokens(maxTokens))));
    }
}
