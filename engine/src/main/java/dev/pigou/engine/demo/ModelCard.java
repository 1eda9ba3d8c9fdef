package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.WeightSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes what we know of a trained model beside it: README.md for people, evaluation.json for programs. */
final class ModelCard {
    private ModelCard() {}

    static void write(Path folder, TrainingRun run) throws IOException {
        Files.writeString(folder.resolve("README.md"), readme(run));
        Files.writeString(folder.resolve("evaluation.json"), json(run));
    }

    private static String readme(TrainingRun run) {
        return template().formatted(run.model().folder(), parameters(run) / 1e6, run.model().folder(),
                table(run), ByteVocabulary.SIZE, run.model().config().maxPositionEmbeddings(), run.seed(),
                run.steps(), run.tokens() / 1e6, run.loss(), run.wallTime().toMinutes(), run.threads(),
                run.model().name().toLowerCase(Locale.ROOT), run.seed(), run.steps(), run.threads());
    }

    private static String template() {
        try (InputStream in = ModelCard.class.getResourceAsStream("model-card.md")) {
            return new String(
                    Objects.requireNonNull(in, "model-card.md is missing from the jar").readAllBytes(),
                    UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long parameters(TrainingRun run) {
        return ModelWeights.of(run.model().config()).stream().mapToLong(WeightSpec::elements).sum();
    }

    private static String table(TrainingRun run) {
        var byTask = run.scores().stream()
                .collect(Collectors.groupingBy(Score::task, LinkedHashMap::new, Collectors.toList()));
        return byTask.entrySet().stream()
                .map(row -> "| " + row.getKey() + " | "
                        + row.getValue().stream().map(ModelCard::percent).collect(Collectors.joining(" | "))
                        + " |")
                .collect(Collectors.joining("\n"));
    }

    private static String percent(Score score) {
        return String.format(Locale.ROOT, "%.1f %% of %d", 100 * score.accuracy(), score.asked());
    }

    private static String json(TrainingRun run) {
        return """
                {
                  "model": "%s",
                  "seed": %d,
                  "steps": %d,
                  "tokens": %d,
                  "wall_time_seconds": %d,
                  "loss": %s,
                  "scores": [
                %s
                  ]
                }
                """.formatted(run.model().folder(), run.seed(), run.steps(), run.tokens(),
                run.wallTime().toSeconds(), Double.toString(run.loss()),
                lines(run.scores(), ModelCard::json));
    }

    private static String json(Score score) {
        return String.format(Locale.ROOT,
                "    {\"task\": \"%s\", \"band\": \"%s\", \"right\": %d, \"asked\": %d}", score.task(),
                score.band().name().toLowerCase(Locale.ROOT), score.right(), score.asked());
    }

    private static <T> String lines(List<T> items, Function<T, String> line) {
        return items.stream().map(line).collect(Collectors.joining(",\n"));
    }
}
