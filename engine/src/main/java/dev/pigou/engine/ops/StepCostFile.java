package dev.pigou.engine.ops;

import dev.pigou.scheduler.estimate.StepCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The coefficients of {@link StepCost} as a JSON object: {@code base_seconds} and so on. A server writes it, the simulator reads it. */
public final class StepCostFile {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private StepCostFile() {}

    /**
     * All five figures.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    public static StepCost read(Path file) {
        try {
            return MAPPER.readValue(Files.readString(file), StepCost.class);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + ": " + wrong(e)
                    + "; it must be an object with the numbers base_seconds, seconds_per_prefill_token, "
                    + "seconds_per_prefill_token_context, seconds_per_decode_sequence and seconds_per_kv_block_read",
                    e);
        }
    }

    /**
     * Replaces the file.
     *
     * @throws IllegalArgumentException naming the file if it cannot be written
     */
    public static void write(Path file, StepCost cost) {
        try {
            Files.writeString(file, MAPPER.writeValueAsString(cost) + "\n");
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be written: " + e, e);
        }
    }

    private static String wrong(JacksonException failure) {
        return failure.getCause() instanceof IllegalArgumentException refused
                ? String.valueOf(refused.getMessage())
                : failure.getOriginalMessage().split("[;\n]", 2)[0];
    }
}
