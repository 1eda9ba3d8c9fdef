package dev.pigou.bench.sim.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes reports as JSON, names in snake case. */
public final class ReportJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportJson() {}

    public static String text(Object report) { return MAPPER.writeValueAsString(report); }

    /**
     * Replaces the file.
     *
     * @throws IllegalArgumentException if it cannot be written
     */
    public static void write(Object report, Path file) {
        try {
            Files.writeString(file, text(report));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot write " + file + " (" + e.getMessage() + "); name a folder that exists", e);
        }
    }
}
