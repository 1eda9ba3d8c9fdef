package dev.pigou.bench.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Reads the coefficients of {@link StepCosts} from a JSON object: {@code decode_step}, {@code per_sequence} and so on. */
public final class StepCostFile {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private StepCostFile() {}

    /**
     * All six figures, in milliseconds.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    public static StepCosts read(Path file) {
        try {
            return MAPPER.readValue(Files.readString(file), StepCosts.class);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    file + ": " + e.getOriginalMessage().lines().findFirst().orElse("")
                            + "; it must be an object with the numbers decode_step, per_sequence, "
                            + "per_context_token, prefill_step, per_prefill_token and per_prefill_context",
                    e);
        }
    }
}
