package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the chunks of one answer, or the one object of an answer that is not streamed, as a stream of JSON tokens: no
 * tree, and no string but those that end up in the answer. Text is what a choice says, its reasoning included. Owned by
 * an event loop.
 */
final class ChunkReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final @Nullable StringBuilder said;
    private String finishReason = "";
    private Usage usage = Usage.UNKNOWN;

    /** @param keepText whether {@link #text} will be asked for */
    ChunkReader(boolean keepText) {
        said = keepText ? new StringBuilder() : null;
    }

    String finishReason() { return finishReason; }

    Usage usage() { return usage; }

    /** What the answer says so far, its reasoning left out; empty if nobody wanted it. */
    String text() {
        return said == null ? "" : said.toString();
    }

    /**
     * Reads one JSON object.
     *
     * @return true if it has text
     * @throws BadAnswerException if it is an error, or nothing that OpenAI's API would send
     */
    boolean read(byte[] json, int length) throws BadAnswerException {
        boolean chunk = false;
        boolean text = false;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json, 0, length)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, "an event that is no JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "choices" -> {
                        chunk = true;
                        text |= choices(parser, value);
                    }
                    case "usage" -> {
                        chunk = true;
                        usage = usage(parser, value);
                    }
                    case "error" -> error(parser, value);
                    default -> parser.skipChildren();
                }
            }
            require(parser.nextToken() == null, "an event with something after its JSON object");
        } catch (JacksonException e) {
            throw malformed("an event that is not JSON: " + e.getOriginalMessage());
        }
        require(chunk, "an event with neither choices nor usage");
        return text;
    }

    private boolean choices(JsonParser parser, JsonToken value) throws BadAnswerException {
        require(value == JsonToken.START_ARRAY || value == JsonToken.VALUE_NULL, "choices that are no list");
        boolean text = false;
        while (value == JsonToken.START_ARRAY && parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.START_OBJECT, "a choice that is no object");
            text |= choice(parser);
        }
        return text;
    }

    private boolean choice(JsonParser parser) {
        boolean text = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "text" -> text |= text(parser, value, true);
                case "delta", "message" -> text |= message(parser, value);
                case "finish_reason" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        finishReason = parser.getString();
                    }
                    parser.skipChildren();
                }
                default -> parser.skipChildren();
            }
        }
        return text;
    }

    private boolean message(JsonParser parser, JsonToken value) {
        if (value != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return false;
        }
        boolean text = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken field = parser.nextToken();
            switch (name) {
                case "content" -> text |= text(parser, field, true);
                case "reasoning_content", "reasoning" -> text |= text(parser, field, false);
                default -> parser.skipChildren();
            }
        }
        return text;
    }

    private boolean text(JsonParser parser, JsonToken value, boolean said) {
        if (value != JsonToken.VALUE_STRING) {
            parser.skipChildren();
            return false;
        }
        int length = parser.getStringLength();
        if (said && this.said != null) {
            this.said.append(parser.getStringCharacters(), parser.getStringOffset(), length);
        }
        return length > 0;
    }

    private static Usage usage(JsonParser parser, JsonToken value) {
        if (value != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return Usage.UNKNOWN;
        }
        var found = new Counts();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken field = parser.nextToken();
            switch (name) {
                case "prompt_tokens" -> found.prompt = count(parser, field);
                case "completion_tokens" -> found.output = count(parser, field);
                case "prompt_tokens_details" -> details(parser, field, found);
                case "pigou" -> pigou(parser, field, found);
                default -> parser.skipChildren();
            }
        }
        return new Usage(found.prompt, found.output, found.cached, found.charge, found.welfare);
    }

    private static void details(JsonParser parser, JsonToken value, Counts found) {
        while (value == JsonToken.START_OBJECT && parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken field = parser.nextToken();
            if (name.equals("cached_tokens")) {
                found.cached = count(parser, field);
            } else {
                parser.skipChildren();
            }
        }
    }

    private static void pigou(JsonParser parser, JsonToken value, Counts found) {
        while (value == JsonToken.START_OBJECT && parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken field = parser.nextToken();
            switch (name) {
                case "charge" -> found.charge = amount(parser, field);
                case "welfare" -> found.welfare = amount(parser, field);
                default -> parser.skipChildren();
            }
        }
    }

    private static OptionalInt count(JsonParser parser, JsonToken value) {
        OptionalDouble amount = amount(parser, value);
        return amount.isPresent() ? OptionalInt.of((int) amount.getAsDouble()) : OptionalInt.empty();
    }

    private static OptionalDouble amount(JsonParser parser, JsonToken value) {
        parser.skipChildren();
        return value.isNumeric() ? OptionalDouble.of(parser.getDoubleValue()) : OptionalDouble.empty();
    }

    private static void error(JsonParser parser, JsonToken value) throws BadAnswerException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        String message = ErrorMessage.read(parser);
        throw new BadAnswerException(Failure.Kind.ERROR_EVENT,
                message.isEmpty() ? "an error without a message" : message);
    }

    private static void require(boolean holds, String otherwise) throws BadAnswerException {
        if (!holds) {
            throw malformed(otherwise);
        }
    }

    private static BadAnswerException malformed(String detail) {
        return new BadAnswerException(Failure.Kind.MALFORMED_STREAM, detail);
    }

    /** A {@link Usage} in the making. */
    private static final class Counts {
        private OptionalInt prompt = OptionalInt.empty();
        private OptionalInt output = OptionalInt.empty();
        private OptionalInt cached = OptionalInt.empty();
        private OptionalDouble charge = OptionalDouble.empty();
        private OptionalDouble welfare = OptionalDouble.empty();
    }
}
