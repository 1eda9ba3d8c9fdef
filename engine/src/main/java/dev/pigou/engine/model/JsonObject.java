package dev.pigou.engine.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object of a model folder, read by key with the type the caller expects. Absent and null are the
 * same; a value of another type is a {@link ModelFolderException} that names file and key.
 *
 * @param prefix what stands before the keys in errors: empty, or the path to this object with a dot
 */
record JsonObject(Path file, String prefix, ObjectNode node) {
    boolean has(String key) { return find(key).isPresent(); }

    /** True even where the value is null. */
    boolean mentions(String key) { return node.has(key); }

    Optional<String> string(String key) {
        return find(key).map(value -> {
            if (!value.isString()) {
                throw wrong(key, value, "a string");
            }
            return value.stringValue();
        });
    }

    boolean bool(String key, boolean absent) {
        return find(key).map(value -> {
            if (!value.isBoolean()) {
                throw wrong(key, value, "true or false");
            }
            return value.booleanValue();
        }).orElse(absent);
    }

    OptionalInt integer(String key) {
        return find(key).map(value -> OptionalInt.of(integer(key, value))).orElse(OptionalInt.empty());
    }

    int requiredInteger(String key) { return integer(key).orElseThrow(() -> missing(key)); }

    OptionalDouble number(String key) {
        return find(key).map(
                value -> OptionalDouble.of(finite(value).orElseThrow(() -> wrong(key, value, "a number"))))
                .orElse(OptionalDouble.empty());
    }

    /** A number above {@code above} and at most {@code most}. */
    OptionalDouble number(String key, double above, double most) {
        OptionalDouble number = number(key);
        if (number.isPresent() && !(number.getAsDouble() > above && number.getAsDouble() <= most)) {
            throw problem(key,
                    "is " + number.getAsDouble() + ", but must be above " + above + " and at most " + most);
        }
        return number;
    }

    /** An integer or a list of them; absent is the empty list. */
    List<Integer> integers(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!value.get().isArray()) {
            return List.of(integer(key, value.get()));
        }
        List<Integer> integers = new ArrayList<>();
        for (JsonNode element : value.get()) {
            integers.add(integer(key, element));
        }
        return integers;
    }

    Optional<List<String>> strings(String key) {
        return find(key).map(value -> {
            List<String> strings = new ArrayList<>();
            if (!value.isArray()) {
                throw wrong(key, value, "a list of strings");
            }
            for (JsonNode element : value) {
                if (!element.isString()) {
                    throw wrong(key, element, "a list of strings");
                }
                strings.add(element.stringValue());
            }
            return strings;
        });
    }

    Optional<JsonObject> object(String key) {
        return find(key).map(value -> {
            if (!(value instanceof ObjectNode object)) {
                throw wrong(key, value, "an object");
            }
            return new JsonObject(file, prefix + key + ".", object);
        });
    }

    ModelFolderException missing(String key) { return problem(key, "is missing"); }

    ModelFolderException problem(String key, String problem) {
        return new ModelFolderException(file, prefix + key + " " + problem);
    }

    private ModelFolderException wrong(String key, JsonNode value, String expected) {
        return problem(key, "is " + JsonFile.brief(value) + ", but must be " + expected);
    }

    private int integer(String key, JsonNode value) {
        double number = finite(value).orElseThrow(() -> wrong(key, value, "an integer"));
        if (number != Math.rint(number)) { // 4096.0 is what some writers make of an integer
            throw wrong(key, value, "an integer");
        }
        if (Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(key, value, "an integer of at most " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    /** Empty for what is no number, or one beyond a double. */
    private static OptionalDouble finite(JsonNode value) {
        double number = value.isNumber() ? value.asDouble(Double.NaN) : Double.NaN;
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    private Optional<JsonNode> find(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }
}
