package dev.pigou.bench.load.workload;

import dev.pigou.bench.trace.BrokenFileException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads conversations as ShareGPT's collectors write them: a JSON array of objects whose {@code conversations} are turns
 * with {@code from} and {@code value}. One at a time, for such files are larger than memory once parsed.
 */
final class ShareGptFile {
    private static final Set<String> PEOPLE = Set.of("human", "user");
    private static final Set<String> MODELS = Set.of("gpt", "chatgpt", "assistant", "model", "bard", "bing");
    private static final String SHAPE = "[{\"conversations\": [{\"from\": \"human\", \"value\": \"...\"}, {\"from\": \"gpt\", "
            + "\"value\": \"...\"}]}]";

    private final Path file;
    private final int mostTurns;

    /** A question and its answer. */
    record Exchange(String question, String answer) {}

    /**
     * Conversations are cut to so many exchanges as they are read.
     *
     * @param mostTurns at least 1
     */
    ShareGptFile(Path file, int mostTurns) {
        this.file = file;
        this.mostTurns = mostTurns;
    }

    /**
     * All conversations with at least one exchange, in the file's order.
     *
     * @throws BrokenFileException naming file and line
     */
    List<List<Exchange>> read() {
        try (BufferedReader reader = Files.newBufferedReader(file);
                JsonParser json = new JsonMapper().createParser(reader)) {
            return read(json);
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException unreadable) {
                throw BrokenFileException.of(file, unreadable);
            }
            throw BrokenFileException.at(file, Math.max(1, e.getLocation().getLineNr()),
                    "is not valid JSON (" + BrokenFileException.reason(e) + "); fetch or write it again");
        } catch (IOException e) {
            throw BrokenFileException.of(file, e);
        }
    }

    private List<List<Exchange>> read(JsonParser json) {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw BrokenFileException.at(file, 1, "must hold a JSON array such as " + SHAPE);
        }
        List<List<Exchange>> conversations = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            long line = json.currentTokenLocation().getLineNr();
            JsonNode conversation = json.readValueAsTree();
            List<Exchange> exchanges = exchanges(conversation.path("conversations"), line);
            if (!exchanges.isEmpty()) {
                conversations.add(exchanges);
            }
        }
        return conversations;
    }

    /** Each of a person's turns that a model's turn follows. */
    private List<Exchange> exchanges(JsonNode turns, long line) {
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i + 1 < turns.size() && exchanges.size() < mostTurns; i++) {
            if (PEOPLE.contains(text(turns.path(i), "from", line))
                    && MODELS.contains(text(turns.path(i + 1), "from", line))) {
                exchanges.add(new Exchange(text(turns.path(i), "value", line),
                        text(turns.path(i + 1), "value", line)));
            }
        }
        return exchanges;
    }

    private String text(JsonNode turn, String field, long line) {
        JsonNode value = turn.path(field);
        if (!value.isString()) {
            throw BrokenFileException.at(file, line,
                    "a turn of the conversation that begins here has no text in '" + field + "'; write it as "
                            + SHAPE);
        }
        return value.stringValue();
    }
}
