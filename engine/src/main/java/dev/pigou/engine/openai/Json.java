package dev.pigou.engine.openai;

import dev.pigou.scheduler.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Strict JSON in, plain JSON out. What a lenient parser would let through and guess about is refused: bytes that are
 * not UTF-8, halves of surrogate pairs, names that come twice, anything after the end.
 */
public final class Json {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_STRING_CHARS = 8 << 20;
    /** Bounds the memory a parsed body takes, which is far more than its bytes when it is a list of numbers. */
    private static final long MAX_VALUES = 1 << 20;

    /** What follows in the parser's messages is for its programmer. */
    private static final Pattern FOR_PROGRAMMERS = Pattern
            .compile("[:,]? \\(?(enable `|not recognized as|start marker at|bound as).*", Pattern.DOTALL);

    private static final JsonMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_STRING_CHARS).maxTokenCount(MAX_VALUES).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    private Json() {}

    /**
     * @throws ApiException with status 400 if the body is not one JSON object
     */
    static ObjectNode parse(byte[] body) {
        String text = decode(body);
        if (text.isBlank()) {
            throw malformed("The body is empty; a JSON object is expected.");
        }
        JsonNode root = read(text);
        if (!(root instanceof ObjectNode object)) {
            throw malformed("The body must be a JSON object, but is " + Fields.kind(root) + ".");
        }
        refuseLoneSurrogates(object);
        return object;
    }

    /** The error object every endpoint answers with. */
    public static byte[] error(ApiError error) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("message", error.message());
        body.put("type", error.type());
        body.put("param", error.param());
        body.put("code", error.code());
        Refusal unmet = error.unmet();
        if (unmet != null && Double.isFinite(unmet.price())) {
            body.put("price", unmet.price());
        }
        return write(Map.of("error", body));
    }

    /** Records by their components' names in snake case. */
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** Maps, lists, strings, numbers and booleans, as templates read them; nulls stay nulls. */
    static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> plainObject(node);
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>(node.size());
                node.values().forEach(value -> list.add(plain(value)));
                yield list;
            }
            case STRING -> node.stringValue();
            case NUMBER -> node.canConvertToLong() && node.isIntegralNumber()
                    ? (Object) node.longValue()
                    : (Object) node.asDouble();
            case BOOLEAN -> node.booleanValue();
            default -> null;
        };
    }

    private static Map<String, @Nullable Object> plainObject(JsonNode node) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        node.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
        return map;
    }

    private static String decode(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw malformed("The body is not valid UTF-8.");
        }
    }

    private static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (StreamConstraintsException e) {
            throw malformed("The body is beyond what this server reads: " + e.getOriginalMessage());
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            String what = FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceFirst("");
            throw malformed("The body is not valid JSON" + where + ": " + what);
        }
    }

    private static void refuseLoneSurrogates(JsonNode node) {
        if (node.isString()) {
            refuseLoneSurrogates(node.stringValue());
        } else if (node.isObject()) {
            node.propertyNames().forEach(Json::refuseLoneSurrogates);
        }
        node.values().forEach(Json::refuseLoneSurrogates);
    }

    /** A code point in the range of surrogates is one without its other half. */
    private static void refuseLoneSurrogates(String text) {
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                throw malformed(
                        "A string in the body holds half of a surrogate pair, which is not a character.");
            }
            at += Character.charCount(point);
        }
    }

    private static ApiException malformed(String message) {
        return new ApiException(ApiError.refused(400, "invalid_json", message));
    }
}
