package dev.pigou.engine.openai;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Fields whose meaning the answer would miss if they were just ignored. */
final class Unsupported {
    /** Fields that say nothing this server acts on, and whose absence changes no answer. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("user", "store", "metadata",
            "parallel_tool_calls", "safety_identifier", "prompt_cache_key");

    private Unsupported() {}

    static void refuse(Fields fields) {
        WITHOUT_EFFECT.forEach(fields::value);
        fields.value("response_format").ifPresent(node -> {
            String type = Fields.of(node, "response_format").string("type").orElse("missing");
            if (!type.equals("text")) {
                throw ApiException.invalid("response_format",
                        "'response_format' of type " + type + " is not supported yet; only text is.");
            }
        });
        fields.value("tool_choice").ifPresent(node -> {
            if (!node.isString() || !Set.of("none", "auto").contains(node.stringValue())) {
                throw ApiException.invalid("tool_choice",
                        "'tool_choice' must be none or auto: calls cannot be forced" + " yet.");
            }
        });
        fields.value("suffix").ifPresent(Unsupported::refuseSuffix);
        refuseOther(fields);
    }

    private static void refuseSuffix(JsonNode suffix) {
        if (!suffix.isString() || !suffix.stringValue().isEmpty()) {
            throw ApiException.invalid("suffix", "'suffix' is not supported.");
        }
    }

    private static void refuseOther(Fields fields) {
        int bestOf = fields.integer("best_of", 1, Integer.MAX_VALUE).orElse(1);
        int choices = fields.integer("n", 1, Integer.MAX_VALUE).orElse(1);
        if (bestOf != 1 && bestOf != choices) {
            throw ApiException.invalid("best_of",
                    "'best_of' is not supported; ask for 'n' answers and choose.");
        }
        for (String name : new String[]{"audio", "functions", "prompt_logprobs", "guided_json",
                "guided_regex", "guided_choice", "guided_grammar", "structured_outputs", "use_beam_search",
                "min_tokens", "bad_words", "truncate_prompt_tokens", "prompt_embeds", "allowed_token_ids"}) {
            fields.value(name).filter(node -> !isOff(node)).ifPresent(node -> {
                throw ApiException.invalid(name, "'" + name + "' is not supported.");
            });
        }
    }

    private static boolean isOff(JsonNode node) {
        return (node.isBoolean() && !node.booleanValue()) || (node.isIntegralNumber() && node.asInt(1) == 0)
                || (node.isContainer() && node.isEmpty());
    }
}
