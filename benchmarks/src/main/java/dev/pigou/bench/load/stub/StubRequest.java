package dev.pigou.bench.load.stub;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * As much of a request as the stub heeds.
 *
 * @param promptTokens ids of the prompt, or a token for every four characters of text
 */
record StubRequest(boolean chat, boolean stream, int maxTokens, int promptTokens) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int DEFAULT_MAX_TOKENS = 16;
    private static final int CHARS_PER_TOKEN = 4;

    /** Empty if the body is no JSON. */
    static Optional<StubRequest> of(boolean chat, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            JsonNode prompt = json.path(chat ? "messages" : "prompt");
            return Optional.of(new StubRequest(chat, json.path("stream").booleanValue(false),
                    json.path("max_tokens").intValue(DEFAULT_MAX_TOKENS), promptTokens(prompt)));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static int promptTokens(JsonNode prompt) {
        if (prompt.isArray() && prompt.path(0).isNumber()) {
            return prompt.size();
        }
        int chars = prompt.isString()
                ? prompt.stringValue().length()
                : prompt.valueStream().mapToInt(message -> message.path("content").stringValue("").length())
                        .sum();
        return Math.max(1, chars / CHARS_PER_TOKEN);
    }
}
