package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.WeightSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes what we know of a trained model beside it: README.md for people, evaluation.json for programs. */
final class ModelCard {
    private static final String TEMPLATE = """
            ---
            license: apache-2.0
            language: en
            tags: [pigou, toy]
            ---
            # %s

            A toy chat model of %.2f million parameters, trained from nothing by the Pigou project for its own demos
            and tests. It adds and subtracts, sorts, reverses words, counts letters and copies values out of a line,
            and knows a few fixed lines of small talk. **It knows nothing else**: no facts, no language beyond these
            questions, and it answers anything else with a fixed line or nonsense. Do not rely on it for anything.

            ## Use

            ```
            ./pigou serve --model engine/models/%s
            ```

            Ask as in *What is 17 + 25?*, *Sort 31, 4, 15.*, *Reverse the word pelican.*, *How many letters are in
            parrot?*, *How many times does the letter r appear in parrot?*, *name=Mira, city=Oslo; what is the
            city?*. Sampling greedily (temperature 0) is best. Phrasings far from those of the training often fail.

            ## Accuracy

            Exact match on questions held out of training (one in ten, by a hash of what is asked: no phrasing of a
            held-out question was trained on, nor a held-out sum the other way round), each asked alone and answered
            greedily by the weights in this folder.

            | task | easy | hard |
            | --- | --- | --- |
            %s

            Easy: numbers of up to two digits, up to four things to sort, words of up to five letters, two or three
            fields. Hard: three digits, five or more things, six to ten letters, four to six fields. Words are
            made up. Later turns of a chat are not scored.

            ## Training

            Qwen3 shape, byte-level vocabulary of %d tokens without merges, ChatML template, context %d tokens; chats
            in training were shorter than 385. Muon for the layers' matrices, Adam for the rest. Matrices were
            multiplied in bfloat16, weights kept in float32 and rounded to bfloat16 at the end. Chats of one to four
            turns and drills of many short questions, generated from the seed; loss on the answers only.

            | seed | steps | tokens | final loss | wall time | threads |
            | --- | --- | --- | --- | --- | --- |
            | %d | %d | %.1f million | %.4f | %d min | %d |

            ```
            ./pigou train-demo DIR --model %s --seed %d --steps %d --threads %d
            ```

            The wall time is that of a machine busy with other work. Another processor rounds differently and so gives
            other weights. Questions, training and scoring are in `engine/src/main/java/dev/pigou/engine/demo`.
            """;

    private ModelCard() {}

    static void write(Path folder, TrainingRun run) throws IOException {
        Files.writeString(folder.resolve("README.md"), readme(run));
        Files.writeString(folder.resolve("evaluation.json"), json(run));
    }

    private static String readme(TrainingRun run) {
        return TEMPLATE.formatted(run.model().folder(), parameters(run) / 1e6, run.model().folder(),
                table(run),
                ByteVocabulary.SIZE, run.model().config().maxPositionEmbeddings(), run.seed(),
                run.steps(),
                run.tokens() / 1e6, run.loss(), run.wallTime().toMinutes(), run.threads(),
                run.model().name().toLowerCase(Locale.ROOT), run.seed(), run.steps(), run.threads());
    }

    private static long parameters(TrainingRun run) {
        return ModelWeights.of(run.model().config()).stream().mapToLong(WeightSpec::elements).sum();
    }

    private static String table(TrainingRun run) {
        var byTask = run.scores().stream().collect(
                Collectors.groupingBy(Score::task, LinkedHashMap::new, Collectors.toList()));
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
                "    {\"task\": \"%s\", \"band\": \"%s\", \"right\": %d, \"asked\": %d}",
                score.task(), score.band().name().toLowerCase(Locale.ROOT), score.right(), score.asked());
    }

    private static <T> String lines(List<T> items, Function<T, String> line) {
        return items.stream().map(line).collect(Collectors.joining(",\n"));
    }
}
