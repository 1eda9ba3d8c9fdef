package dev.pigou.bench.load.client;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Finds what a server says is wrong: {@code error.message}, or {@code error}, {@code message} or {@code detail} as a text. */
final class ErrorMessage {
    private static final JsonFactory JSON = new JsonFactory();

    private ErrorMessage() {}

    /** Of the body of a refusal; if it is not JSON, its first line is all there is to tell. */
    static String of(byte[] body) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            String message = read(parser);
            if (!message.isEmpty()) {
                return message;
            }
        } catch (JacksonException _) {
            // not JSON, or JSON that was cut off
        }
        return BadAnswerException.oneLine(new String(body, StandardCharsets.UTF_8));
    }

    /** Of the value that the parser stands on, which it reads to its end; empty if there is none. */
    static String read(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return "";
        }
        String message = "";
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "error", "message", "detail" -> {
                    String found = read(parser);
                    message = message.isEmpty() ? found : message;
                }
                default -> parser.skipChildren();
            }
        }
        return message;
    }
}
