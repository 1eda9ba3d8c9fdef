package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.torch.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DemoTrainingTest {
    private static final long SEED = 17;

    @TempDir
    Path folder;

    @Test
    void theLossFallsWithinDozensOfSteps() {
        ModelConfig config = DemoModel.MINI.config();
        var batches = new Batches(new Corpus(SEED), 1024);
        try (var trainer = new Trainer(config, DemoFolder.DTYPE, InitialWeights.of(config, SEED), 2)) {
            var losses = new ArrayList<Float>();
            for (int step = 0; step < 60; step++) {
                Batch batch = batches.next(new Mix(0, 0.5));
                losses.add(trainer.step(batch.inputs(), batch.targets(), 3e-3).loss());
            }
            assertThat(losses.getFirst()).isBetween(5f, 6.5f);
            assertThat(losses.subList(50, 60).stream().mapToDouble(l -> l).average().orElseThrow())
                    .isLessThan(3);
        }
    }

    @Test
    void theSameSeedWritesTheSameBytes() throws IOException {
        train(folder.resolve("one"), 6);
        train(folder.resolve("two"), 6);
        assertThat(folder.resolve("one/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("two/model.safetensors"));
    }

    @Test
    void theFolderOpensAndItsCardSaysHowGoodTheModelIs() throws IOException {
        TrainingRun run = train(folder, 3);
        assertThat(run.scores()).hasSize(2 * Corpus.tasks().size()).allMatch(score -> score.asked() == 1);
        try (ModelFolder opened = ModelFolder.open(folder)) {
            assertThat(opened.config().eosTokenIds()).containsExactly(ByteVocabulary.END,
                    ByteVocabulary.END_OF_TEXT);
        }
        assertThat(Files.readString(folder.resolve("README.md"))).contains("| copy | ", "| 17 | 3 |");
        assertThat(Files.readString(folder.resolve("evaluation.json")))
                .contains("\"task\": \"sum\", \"band\": \"easy\"");
    }

    @Test
    void weightsComeBackAsTheyWereRounded() throws IOException {
        ModelConfig config = DemoModel.MINI.config();
        DemoFolder.write(folder, config, InitialWeights.of(config, SEED));
        Map<String, float[]> once = DemoFolder.readWeights(folder);
        DemoFolder.write(folder, config, once);
        Map<String, float[]> twice = DemoFolder.readWeights(folder);
        assertThat(twice.keySet()).isEqualTo(once.keySet());
        once.forEach((name, values) -> assertThat(twice.get(name)).as(name).isEqualTo(values));
    }

    @Test
    void trainingTokensAreWhatTheWrittenTokenizerAndTemplateMakeOfAChat() throws IOException {
        ModelConfig config = DemoModel.MINI.config();
        DemoFolder.write(folder, config, InitialWeights.of(config, SEED));
        var messages = List.<Map<String, Object>>of(Map.of("role", "system", "content", "Answer briefly."),
                Map.of("role", "user", "content", "What is 17 + 25?\nAnd don't say \"é\"."),
                Map.of("role", "assistant", "content", "42"));
        var chat = ChatTokens.of(new Conversation(Optional.of("Answer briefly."),
                List.of(new Turn("What is 17 + 25?\nAnd don't say \"é\".", "42"))));
        ChatTemplate template = ChatTemplate.load(folder).orElseThrow();
        try (HfTokenizer tokenizer = HfTokenizer.load(folder)) {
            int[] written = tokenizer.encode(template.render(messages, List.of(), false, Map.of()), false);
            assertThat(written).isEqualTo(chat.ids());
            int[] prompt = tokenizer.encode(template.render(List.of(Map.of("role", "user", "content", "hi")),
                    List.of(), true, Map.of()), false);
            assertThat(prompt).isEqualTo(ChatTokens.prompt("hi"));
        }
    }

    private static TrainingRun train(Path folder, int steps) throws IOException {
        var options = new DemoTraining.Options(DemoModel.MINI, folder, SEED, steps, 2, Duration.ofHours(1),
                1);
        return DemoTraining.run(options, _ -> {});
    }
}
