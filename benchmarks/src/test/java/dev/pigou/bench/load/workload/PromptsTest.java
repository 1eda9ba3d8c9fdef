package dev.pigou.bench.load.workload;

import dev.pigou.engine.text.HfTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

final class PromptsTest {
    private static final long SEED = 3;

    @Test
    void aPromptIsTheSameEachTimeAndLikeNoOther() {
        for (PromptStyle style : List.of(new PromptStyle.Tokens(32_000),
                new PromptStyle.Words(Lexicon.estimated()))) {
            RandomDataset dataset = dataset(style, 0, 1, 32);
            Dataset.Ask ask = dataset.session(7).getFirst();
            assertThat(content(ask.prompt().get())).as("seed %d", SEED).isEqualTo(content(ask.prompt().get()))
                    .isEqualTo(content(dataset.session(7).getFirst().prompt().get()));
            assertThat(IntStream.range(0, 1000)
                    .mapToObj(i -> content(dataset.session(i).getFirst().prompt().get())).distinct())
                    .as("seed %d", SEED).hasSize(1000);
        }
    }

    @Test
    void tokenIdsLieInTheVocabularyBehindTheSpecialOnes() {
        assertThat(ids(dataset(new PromptStyle.Tokens(100), 0, 1, 5000), 0)).hasSize(5000)
                .allMatch(id -> id >= 10 && id < 100);
        assertThat(ids(dataset(new PromptStyle.Tokens(1), 0, 1, 5), 0)).containsOnly(0);
    }

    @Test
    void eachPromptBeginsWithOneOfThePrefixesAndGoesItsOwnWay() {
        RandomDataset dataset = dataset(new PromptStyle.Tokens(32_000), 192, 4, 64);
        List<List<Integer>> prompts = IntStream.range(0, 200).mapToObj(i -> ids(dataset, i)).toList();

        assertThat(prompts).allSatisfy(prompt -> assertThat(prompt).hasSize(256));
        assertThat(prompts.stream().map(prompt -> prompt.subList(0, 192)).distinct()).as("seed %d", SEED)
                .hasSize(4);
        assertThat(prompts.stream().map(prompt -> prompt.subList(192, 256)).distinct()).as("seed %d", SEED)
                .hasSize(200);
    }

    @Test
    void lengthsLieEvenlyInTheRange() {
        var range = new LengthRange(100, 0.5);
        int[] drawn = IntStream.range(0, 10_000).map(i -> range.draw(RandomStream.LENGTHS.random(SEED, i)))
                .toArray();
        assertThat(IntStream.of(drawn).min()).as("seed %d", SEED).hasValue(50);
        assertThat(IntStream.of(drawn).max()).as("seed %d", SEED).hasValue(150);
        assertThat(IntStream.of(drawn).average().orElseThrow()).as("seed %d", SEED).isBetween(99.0, 101.0);
    }

    /** One has whole words in its vocabulary, the other mostly single bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"../engine/src/test/resources/golden/qwen3", "../engine/models/pigou-demo"})
    void withATokenizerTextHasExactlyTheTokensAskedFor(String folder) throws IOException {
        try (HfTokenizer tokenizer = HfTokenizer.load(Path.of(folder))) {
            Lexicon lexicon = Lexicon.measured(text -> tokenizer.encode(text, false).length);
            for (int tokens = 2; tokens <= 300; tokens++) {
                RandomDataset dataset = dataset(new PromptStyle.Words(lexicon), 40, 2, tokens);
                String text = content(dataset.session(tokens).getFirst().prompt().get());
                assertThat(tokenizer.encode(text, false)).as("seed %d: %s", SEED, text).hasSize(40 + tokens);
            }
        }
    }

    private static RandomDataset dataset(PromptStyle style, int prefixTokens, int prefixes, int tokens) {
        return new RandomDataset(style, prefixTokens, prefixes, new LengthRange(tokens, 0),
                new LengthRange(8, 0), 1, SEED);
    }

    private static List<Integer> ids(Dataset dataset, int session) {
        var prompt = (Prompt.TokenIds) dataset.session(session).getFirst().prompt().get();
        return IntStream.of(prompt.ids()).boxed().toList();
    }

    private static String content(Prompt prompt) {
        return switch (prompt) {
            case Prompt.TokenIds tokens -> IntStream.of(tokens.ids()).boxed().toList().toString();
            case Prompt.Text text -> text.text();
        };
    }
}
