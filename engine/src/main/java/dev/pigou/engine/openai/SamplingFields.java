package dev.pigou.engine.openai;

import dev.pigou.engine.EngineLimits;
import dev.pigou.scheduler.SamplingParams;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads how tokens are sampled. The ranges of single values are {@link SamplingParams}' own business. */
final class SamplingFields {
    private static final int MAX_BIASED = 1024;

    private SamplingFields() {}

    /** Everything but the number of tokens, which depends on the prompt. */
    static SamplingParams.Builder read(Fields fields, ServedModel model, AnswerOptions options,
            int topLogprobs) {
        SamplingDefaults defaults = model.defaults();
        SamplingParams.Builder sampling = SamplingParams.builder()
                .temperature(real(fields, "temperature", defaults.temperature()))
                .topP(real(fields, "top_p", defaults.topP()))
                .topK(fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(defaults.topK()))
                .minP(real(fields, "min_p", defaults.minP()))
                .repetitionPenalty(real(fields, "repetition_penalty", defaults.repetitionPenalty()))
                .presencePenalty(real(fields, "presence_penalty", 0f))
                .frequencyPenalty(real(fields, "frequency_penalty", 0f)).ignoreEos(options.ignoreEos())
                .stopTokenIds(options.stopTokens().stream().mapToInt(Integer::intValue).sorted().toArray());
        OptionalLong seed = fields.wholeNumber("seed");
        if (seed.isPresent()) {
            sampling.seed(seed.getAsLong());
        }
        fields.value("logit_bias").ifPresent(node -> readBias(node, model.limits(), sampling));
        if (options.logprobs()) {
            sampling.logprobs(topLogprobs);
        }
        return sampling;
    }

    /** @throws ApiException naming the parameter that is out of range */
    static SamplingParams build(SamplingParams.Builder sampling) {
        try {
            return sampling.build();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String param = message.substring(0, Math.max(0, message.indexOf(' ')));
            throw ApiException.invalid(param, "'" + param + "'" + message.substring(param.length()) + ".");
        }
    }

    /** How many tokens a prompt may be continued by, or a complaint in vLLM's words. */
    static int maxTokens(OptionalInt asked, int otherwise, int promptLength, EngineLimits limits,
            String promptParam) {
        int room = limits.maxModelLen() - promptLength;
        if (room < 0 || (room == 0 && asked.orElse(1) > 0)) {
            throw ApiException.contextTooLong(promptParam,
                    "This model's maximum context length is " + limits.maxModelLen()
                            + " tokens. However, your request has " + promptLength
                            + " input tokens. Please reduce the length of the input.");
        }
        if (asked.orElse(0) > room) {
            long sum = (long) promptLength + asked.getAsInt();
            throw ApiException.contextTooLong(promptParam, "This model's maximum context length is "
                    + limits.maxModelLen() + " tokens. However, you requested " + sum + " tokens ("
                    + promptLength + " in the input, " + asked.getAsInt()
                    + " in the completion). Please reduce the length of the input or the completion.");
        }
        return asked.orElse(Math.min(room, otherwise));
    }

    private static float real(Fields fields, String name, float otherwise) {
        return (float) fields.number(name).orElse(otherwise);
    }

    private static void readBias(JsonNode node, EngineLimits limits, SamplingParams.Builder sampling) {
        if (!(node instanceof ObjectNode object)) {
            throw Fields.wrongType("logit_bias", "an object from token ids to numbers", node);
        }
        if (object.size() > MAX_BIASED) {
            throw ApiException.invalid("logit_bias", "'logit_bias' holds " + object.size()
                    + " tokens; at most " + MAX_BIASED + " are allowed.");
        }
        int[] tokens = new int[object.size()];
        float[] values = new float[object.size()];
        int i = 0;
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            tokens[i] = token(entry.getKey(), limits);
            values[i++] = (float) Fields.number(entry.getValue(), "logit_bias." + entry.getKey());
        }
        sampling.logitBias(tokens, values);
    }

    private static int token(String name, EngineLimits limits) {
        return Optional.of(name).filter(text -> text.matches("[0-9]{1,9}")).map(Integer::valueOf)
                .filter(token -> token < limits.vocabSize())
                .orElseThrow(() -> ApiException.invalid("logit_bias",
                        "The names in 'logit_bias' must be token ids from 0" + " to "
                                + (limits.vocabSize() - 1) + ", written as strings."));
    }
}
