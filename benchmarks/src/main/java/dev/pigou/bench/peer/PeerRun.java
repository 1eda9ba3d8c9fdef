package dev.pigou.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of one server, as a result file tells it.
 *
 * @param label the server's name
 * @param figures by vLLM's names
 */
record PeerRun(String label, JsonNode figures) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * All runs of a file: those in {@code pigou.runs}, or the only one, which is the file's top level.
     *
     * @throws IllegalArgumentException naming the file, if it is no such file
     */
    static List<PeerRun> read(Path file) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
        List<PeerRun> runs = new ArrayList<>();
        for (JsonNode run : root.path("pigou").path("runs")) {
            runs.add(new PeerRun(label(run, file), run.path("figures")));
        }
        return runs.isEmpty() ? List.of(new PeerRun(label(root, file), root)) : runs;
    }

    private static String label(JsonNode run, Path file) {
        if (!run.path("label").isString()) {
            throw new IllegalArgumentException(file + " has a run without a label; is it a result file?");
        }
        return run.path("label").asString();
    }

    /** The figure, or NaN where the run has none. */
    double figure(String key) {
        return figures.path(key).isNumber() ? figures.path(key).asDouble() : Double.NaN;
    }
}
