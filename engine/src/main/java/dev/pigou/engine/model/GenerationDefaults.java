package dev.pigou.engine.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Sampling values that hold where a request says nothing, from {@code generation_config.json}. As in vLLM,
 * what the file states is used whatever its {@code do_sample} says; what it does not state is empty.
 */
public record GenerationDefaults(OptionalDouble temperature, OptionalDouble topP, OptionalInt topK,
        OptionalDouble minP, OptionalDouble repetitionPenalty) {

    /** Nothing stated. */
    public static GenerationDefaults none() {
        return new GenerationDefaults(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalDouble.empty(), OptionalDouble.empty());
    }

    /**
     * Reads {@code generation_config.json}; a folder without one is {@link #none}.
     *
     * @throws ModelFolderException if the file is there but cannot be used
     */
    public static GenerationDefaults read(Path folder) {
        Path file = folder.resolve(ModelConfigReader.GENERATION_CONFIG);
        if (!Files.exists(file)) {
            return none();
        }
        JsonObject json = JsonFile.read(file);
        return new GenerationDefaults(inRange(json, "temperature", 0, 100), aboveZero(json, "top_p", 1),
                atLeast(json, "top_k", -1), inRange(json, "min_p", 0, 1),
                aboveZero(json, "repetition_penalty", 100));
    }

    private static OptionalDouble aboveZero(JsonObject json, String key, double most) {
        return json.number(key, 0, most);
    }

    private static OptionalDouble inRange(JsonObject json, String key, double least, double most) {
        OptionalDouble value = json.number(key);
        if (value.isPresent() && (value.getAsDouble() < least || value.getAsDouble() > most)) {
            throw json.problem(key,
                    "is " + value.getAsDouble() + ", but must be between " + least + " and " + most);
        }
        return value;
    }

    private static OptionalInt atLeast(JsonObject json, String key, int least) {
        OptionalInt value = json.integer(key);
        if (value.isPresent() && value.getAsInt() < least) {
            throw json.problem(key, "is " + value.getAsInt() + ", but must be at least " + least);
        }
        return value;
    }
}
