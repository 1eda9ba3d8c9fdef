package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The strict reading of the JSON files of a model folder: no duplicate keys, nothing after the end, bounded
 * depth.
 */
final class JsonFile {
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_SHOWN_CHARS = 60;

    static final JsonMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // parse checks the end itself
            .build();

    private JsonFile() {}

    /** @throws ModelFolderException if the file is missing, unreadable, too large or not one JSON object */
    static JsonObject read(Path file) {
        try {
            long bytes = Files.size(file);
            if (bytes > MAX_BYTES) {
                throw new ModelFolderException(file,
                        "is " + bytes + " bytes long; at most " + MAX_BYTES + " are read");
            }
            return new JsonObject(file, "", parse(file, Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw new ModelFolderException(file, "no such file; a model folder must have it", e);
        } catch (IOException e) {
            throw new ModelFolderException(file, "cannot be read: " + e, e);
        }
    }

    private static ObjectNode parse(Path file, byte[] json) {
        ObjectNode object = MAPPER.createObjectNode();
        parse(file, "", json, object::set);
        return object;
    }

    /**
     * Hands over the properties of an object one by one, so that a large one is never held whole as a tree.
     *
     * @param what names the part of the file in errors, with a trailing space; empty for the whole of it
     */
    static void parse(Path file, String what, byte[] json, BiConsumer<String, JsonNode> property) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ModelFolderException(file, what + "must be a JSON object");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                property.accept(name, MAPPER.readTree(parser));
            }
            if (parser.nextToken() != null) {
                throw new ModelFolderException(file, what + "is not valid JSON: there is more after its end");
            }
        } catch (JacksonException e) {
            throw new ModelFolderException(file, what + "is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** A value as errors show it, cut where it is long. */
    static String brief(@Nullable JsonNode value) {
        String text = String.valueOf(value);
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
    }

    /** Writes {@code json} indented, as transformers does. */
    static void write(Path file, JsonNode json) throws IOException {
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
