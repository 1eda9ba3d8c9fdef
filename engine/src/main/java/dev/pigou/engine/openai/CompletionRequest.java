package dev.pigou.engine.openai;

import dev.pigou.scheduler.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** Reads the body of {@code POST /v1/completions}. */
record CompletionRequest(String modelName, AnswerOptions options, List<Prompt> prompts) {
    private static final int MAX_CHOICES_IN_ALL = 1024;
    /** As OpenAI. */
    private static final int DEFAULT_MAX_TOKENS = 16;

    static CompletionRequest read(Fields fields, ServedModel model) {
        String name = ModelName.read(fields, model);
        Unsupported.refuse(fields);
        OptionalInt logprobs = fields.integer("logprobs", 0, model.limits().maxLogprobs());
        AnswerOptions options = AnswerOptions.read(fields, model, logprobs.isPresent());
        boolean echo = fields.flag("echo", false);
        SamplingParams.Builder sampling = SamplingFields.read(fields, model, options, logprobs.orElse(0));
        if (echo && logprobs.isPresent()) {
            sampling.promptLogprobs(logprobs.getAsInt());
        }
        OptionalInt maxTokens = fields.integer("max_tokens", echo ? 0 : 1, Integer.MAX_VALUE);
        SamplingFields.build(sampling); // a wrong number is told before the text is tokenised
        List<Prompt> prompts = new ArrayList<>();
        for (int[] tokens : prompts(fields, model, options.choices())) {
            int most = SamplingFields.maxTokens(maxTokens, DEFAULT_MAX_TOKENS, tokens.length, model.limits(),
                    "prompt");
            prompts.add(new Prompt(tokens,
                    echo ? model.tokenizer().decode(tokens, options.skipSpecialTokens()) : "",
                    SamplingFields.build(sampling.maxTokens(most))));
        }
        return new CompletionRequest(name, options, prompts);
    }

    private static List<int[]> prompts(Fields fields, ServedModel model, int choices) {
        boolean addSpecialTokens = fields.flag("add_special_tokens", true);
        JsonNode prompt = fields.value("prompt")
                .orElseThrow(() -> ApiException.invalid("prompt", "'prompt' is missing."));
        if (prompt.isString()) {
            return List.of(encode(prompt, "prompt", model, addSpecialTokens));
        }
        if (!prompt.isArray()) {
            throw Fields.wrongType("prompt",
                    "a string, a list of strings, a list of token ids or a list of such lists", prompt);
        }
        if (prompt.isEmpty()) {
            throw empty("prompt");
        }
        if (prompt.get(0).isNumber()) {
            return List.of(Fields.tokens(List.copyOf(prompt.values()), "prompt", model.limits().vocabSize()));
        }
        if ((long) prompt.size() * choices > MAX_CHOICES_IN_ALL) {
            throw ApiException.invalid("prompt",
                    "'prompt' holds " + prompt.size() + " prompts; together with 'n' a"
                            + " request may ask for at most " + MAX_CHOICES_IN_ALL + " answers.");
        }
        List<int[]> prompts = new ArrayList<>(prompt.size());
        for (JsonNode element : prompt.values()) {
            String param = "prompt[" + prompts.size() + "]";
            prompts.add(element.isArray()
                    ? tokens(element, param, model)
                    : encode(element, param, model, addSpecialTokens));
        }
        return prompts;
    }

    private static int[] tokens(JsonNode list, String param, ServedModel model) {
        if (list.isEmpty()) {
            throw empty(param);
        }
        return Fields.tokens(List.copyOf(list.values()), param, model.limits().vocabSize());
    }

    private static int[] encode(JsonNode text, String param, ServedModel model, boolean addSpecialTokens) {
        String prompt = Fields.string(text, param);
        int[] tokens = prompt.isEmpty() ? new int[0] : model.tokenizer().encode(prompt, addSpecialTokens);
        if (tokens.length == 0) {
            throw empty(param);
        }
        return tokens;
    }

    private static ApiException empty(String param) {
        return ApiException.invalid(param, "'" + param + "' must not be empty.");
    }
}
