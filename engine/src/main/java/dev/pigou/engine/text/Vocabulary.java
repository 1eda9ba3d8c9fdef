package dev.pigou.engine.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The strings of a {@code tokenizer.json}, by id. Immutable.
 *
 * <p>The native library can list them too, but DJL does not bind that call. The file is streamed, for a vocabulary
 * of 250 000 tokens with its merges makes a document tree of hundreds of megabytes.
 */
final class Vocabulary {
    /** Larger ids are taken for damage: no vocabulary comes near, and the table below would not fit. */
    private static final int MAX_ID = 1 << 24;

    private String[] tokens = new String[1 << 10];
    private int size;

    private Vocabulary() {}

    static Vocabulary read(Path file) throws IOException {
        Vocabulary vocabulary = new Vocabulary();
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), file)) {
            vocabulary.readDocument(json);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + ModelFiles.oneLine(e), e);
        }
        if (vocabulary.size == 0) {
            throw new IOException(file + " holds no vocabulary (model.vocab is empty or missing)");
        }
        return vocabulary;
    }

    /** How the file writes the token, or an empty string for an id it does not have. */
    String token(int id) {
        if (id < 0 || id >= size) {
            return "";
        }
        String token = tokens[id];
        return token == null ? "" : token;
    }

    /** One past the greatest id. */
    int size() { return size; }

    private void readDocument(JsonParser json) {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the document");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "model" -> readModel(json);
                case "added_tokens" -> readAddedTokens(json);
                default -> json.skipChildren();
            }
        }
    }

    private void readModel(JsonParser json) {
        expect(json.currentToken(), JsonToken.START_OBJECT, "model");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (!name.equals("vocab")) {
                json.skipChildren();
            } else if (value == JsonToken.START_ARRAY) {
                readScoredVocab(json);
            } else {
                expect(value, JsonToken.START_OBJECT, "model.vocab");
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String token = json.currentName();
                    put(json.nextIntValue(-1), token);
                }
            }
        }
    }

    /** Unigram models list pairs of token and score; the place in the list is the id. */
    private void readScoredVocab(JsonParser json) {
        for (int id = 0; json.nextToken() == JsonToken.START_ARRAY; id++) {
            expect(json.nextToken(), JsonToken.VALUE_STRING, "a token of model.vocab");
            put(id, json.getString());
            while (json.nextToken() != JsonToken.END_ARRAY) {
                json.skipChildren();
            }
        }
    }

    private void readAddedTokens(JsonParser json) {
        expect(json.currentToken(), JsonToken.START_ARRAY, "added_tokens");
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int id = -1;
            String content = "";
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("id") && value == JsonToken.VALUE_NUMBER_INT) {
                    id = json.getIntValue();
                } else if (name.equals("content") && value == JsonToken.VALUE_STRING) {
                    content = json.getString();
                } else {
                    json.skipChildren();
                }
            }
            put(id, content);
        }
    }

    private void put(int id, String token) {
        if (id < 0 || id > MAX_ID) {
            throw new IllegalArgumentException("token '" + token + "' has no usable id");
        }
        if (id >= tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(id + 1, 2 * tokens.length));
        }
        tokens[id] = token;
        size = Math.max(size, id + 1);
    }

    private static void expect(JsonToken found, JsonToken wanted, String place) {
        if (found != wanted) {
            throw new IllegalArgumentException(place + " should be " + wanted + ", but is " + found);
        }
    }
}
