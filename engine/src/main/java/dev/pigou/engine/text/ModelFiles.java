package dev.pigou.engine.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the text and JSON files of a model folder; every failure is one line that names the file. */
final class ModelFiles {
    private static final JsonMapper MAPPER = new JsonMapper();

    private ModelFiles() {}

    static JsonNode readObject(Path file) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new IOException(file + " is not valid JSON: " + oneLine(e), e);
        }
        if (!root.isObject()) {
            throw new IOException(file + " should hold a JSON object");
        }
        return root;
    }

    static String readText(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8", e);
        }
    }

    /** The first line of a failure's message. */
    static String oneLine(Throwable failure) {
        String message = failure instanceof JacksonException json
                ? json.getOriginalMessage()
                : failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message.lines().findFirst().orElse("");
    }
}
