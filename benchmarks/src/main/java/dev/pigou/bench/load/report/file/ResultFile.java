package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.report.AtomicFile;
import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.result.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * An experiment as JSON. The top level is what {@code vllm bench serve} would have written of the typical run of the first
 * server; {@code pigou} holds every run of every server, and is all that is read back.
 */
public final class ResultFile {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private ResultFile() {}

    /**
     * Writes the file whole or not at all.
     *
     * @param percentiles that the top level also holds, from 0 to 100
     * @param detailed the top level also holds vLLM's arrays of every request
     */
    public static void write(Path file, Experiment experiment, List<Double> percentiles, boolean detailed) {
        ServerRuns first = ServerRuns.of(experiment).getFirst();
        int typical = first.typicalRun();
        Map<String, @Nullable Object> keys = new LinkedHashMap<>(
                VllmKeys.description(first.runs().get(typical)));
        keys.putAll(VllmKeys.figures(first.summaries().get(typical)));
        keys.putAll(VllmKeys.percentiles(first.summaries().get(typical), percentiles));
        if (detailed) {
            keys.putAll(VllmKeys.arrays(first.runs().get(typical)));
        }
        experiment.metadata().forEach(keys::putIfAbsent);
        keys.put("pigou", PigouSection.of(experiment));
        AtomicFile.write(file, out -> MAPPER.writeValue(out, keys));
    }

    /** The name that {@code vllm bench serve} would have given the file. */
    public static Path vllmsName(RunResult run) {
        Map<String, @Nullable Object> keys = VllmKeys.description(run);
        Object limit = keys.get("max_concurrency");
        String model = run.model().substring(run.model().lastIndexOf('/') + 1);
        return Path.of((run.label() + "-" + keys.get("request_rate") + "qps"
                + (limit == null ? "" : "-concurrency" + limit) + "-" + model + "-" + keys.get("date")
                + ".json").replaceAll("[/:\\s]", "_"));
    }

    /**
     * Reads an experiment back.
     *
     * @throws IllegalArgumentException if the file is not there, is broken, or is of another kind
     */
    public static Experiment read(Path file) {
        try (JsonParser json = MAPPER.createParser(Files.newInputStream(file))) {
            PigouSection section = section(json)
                    .orElseThrow(() -> new IllegalArgumentException("it has no 'pigou' object; a file of "
                            + "vLLM's lacks the requests that a comparison needs"));
            if (section.format() != PigouSection.FORMAT) {
                throw new IllegalArgumentException("its format is " + section.format()
                        + ", and this version reads format " + PigouSection.FORMAT);
            }
            return section.experiment();
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + AtomicFile.reason(e), e);
        } catch (JacksonException e) {
            throw unusable(file, e.getOriginalMessage(), e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            throw unusable(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static IllegalArgumentException unusable(Path file, String reason, RuntimeException cause) {
        return new IllegalArgumentException(
                file + " is no result of ./pigou bench, or a broken one: " + reason, cause);
    }

    private static Optional<PigouSection> section(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            if (name.equals("pigou")) {
                return Optional.of(MAPPER.readValue(json, PigouSection.class));
            }
            json.skipChildren();
        }
        return Optional.empty();
    }
}
