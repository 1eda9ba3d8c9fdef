package dev.pigou.engine.openai;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of a JSON object and complains about the wrong ones by name. A field that is null counts as
 * absent; nothing is converted: {@code "1"} is no number and {@code 1.0} is no integer. Remembers what was asked for,
 * so that it can tell what nobody knew.
 */
final class Fields {
    private final ObjectNode object;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    private Fields(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    static Fields of(ObjectNode object) { return new Fields(object, ""); }

    /** The fields of an object found at {@code param}. */
    static Fields of(JsonNode node, String param) {
        if (node instanceof ObjectNode object) {
            return new Fields(object, param + ".");
        }
        throw wrongType(param, "an object", node);
    }

    /** All of them, for hashing. */
    ObjectNode object() { return object; }

    /** The field's full name, as errors give it. */
    String param(String name) { return path + name; }

    Optional<JsonNode> value(String name) {
        asked.add(name);
        return object.optional(name).filter(node -> !node.isNull());
    }

    Optional<String> string(String name) { return value(name).map(node -> string(node, param(name))); }

    boolean flag(String name, boolean otherwise) {
        return value(name).map(node -> {
            if (!node.isBoolean()) {
                throw wrongType(param(name), "a boolean", node);
            }
            return node.booleanValue();
        }).orElse(otherwise);
    }

    OptionalInt integer(String name, int least, int most) {
        Optional<JsonNode> node = value(name);
        return node.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(integer(node.get(), param(name), least, most));
    }

    OptionalLong wholeNumber(String name) {
        Optional<JsonNode> node = value(name);
        if (node.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!node.get().isIntegralNumber() || !node.get().canConvertToLong()) {
            throw wrongType(param(name), "an integer of at most 64 bits", node.get());
        }
        return OptionalLong.of(node.get().longValue());
    }

    OptionalDouble number(String name) {
        Optional<JsonNode> node = value(name);
        return node.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(number(node.get(), param(name)));
    }

    Optional<Fields> object(String name) { return value(name).map(node -> of(node, param(name))); }

    /** Empty if absent. */
    List<JsonNode> list(String name) {
        return value(name).map(node -> {
            if (!node.isArray()) {
                throw wrongType(param(name), "a list", node);
            }
            return List.copyOf(node.values());
        }).orElse(List.of());
    }

    /** A list of token ids, or an empty array. */
    int[] tokens(String name, int vocabSize) {
        return tokens(list(name), param(name), vocabSize);
    }

    /** How many fields there are that nobody asked for. */
    int unknown() {
        return (int) object.propertyNames().stream().filter(name -> !asked.contains(name)).count();
    }

    /** A field that nobody asked for. */
    Optional<String> firstUnknown() {
        return object.propertyNames().stream().filter(name -> !asked.contains(name)).findFirst();
    }

    static int[] tokens(List<JsonNode> nodes, String param, int vocabSize) {
        int[] tokens = new int[nodes.size()];
        for (int i = 0; i < tokens.length; i++) {
            JsonNode node = nodes.get(i);
            if (!node.isIntegralNumber()) {
                throw wrongType(param + "[" + i + "]", "a token id", node);
            }
            if (!node.canConvertToInt() || node.intValue() < 0 || node.intValue() >= vocabSize) {
                throw ApiException.invalid(param, "'" + param + "[" + i + "]' is " + shorten(node)
                        + ", which is no token id of this model; they are 0 to " + (vocabSize - 1) + ".");
            }
            tokens[i] = node.intValue();
        }
        return tokens;
    }

    static String string(JsonNode node, String param) {
        if (!node.isString()) {
            throw wrongType(param, "a string", node);
        }
        return node.stringValue();
    }

    static int integer(JsonNode node, String param, int least, int most) {
        if (!node.isIntegralNumber()) {
            throw wrongType(param, "an integer", node);
        }
        if (!node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
            String range = most == Integer.MAX_VALUE
                    ? "at least " + least
                    : "between " + least + " and " + most;
            throw ApiException.invalid(param,
                    "'" + param + "' must be " + range + ", but is " + shorten(node) + ".");
        }
        return node.intValue();
    }

    static double number(JsonNode node, String param) {
        if (!node.isNumber()) {
            throw wrongType(param, "a number", node);
        }
        double value = node.asDouble(Double.NaN);
        if (!Double.isFinite(value)) {
            throw ApiException.invalid(param, "'" + param + "' must be a finite number.");
        }
        return value;
    }

    static List<String> strings(List<JsonNode> nodes, String param) {
        List<String> strings = new ArrayList<>(nodes.size());
        for (JsonNode node : nodes) {
            strings.add(string(node, param + "[" + strings.size() + "]"));
        }
        return strings;
    }

    static ApiException wrongType(String param, String expected, JsonNode node) {
        return ApiException.invalid(param,
                "'" + param + "' must be " + expected + ", but is " + kind(node) + ".");
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NUMBER -> node.isIntegralNumber() ? "an integer" : "a fraction";
            default -> (node.isNull() ? "" : "a ") + node.getNodeType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String shorten(JsonNode node) { return shorten(node.toString()); }

    /** Long enough to be recognised. */
    static String shorten(String text) {
        return text.length() <= 32 ? text : text.substring(0, 32) + "...";
    }
}
