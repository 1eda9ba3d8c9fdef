package dev.pigou.engine.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HfTokenizerTest {
    private static final String MIXED = "Hello, wörld! 你好 👩‍👩‍👧 e\u0301  \n\ttabs";

    @Test
    void textSurvivesTheRoundTrip() {
        for (HfTokenizer tokenizer : GoldenTokenizers.ALL) {
            String text = tokenizer == GoldenTokenizers.QWEN2 ? MIXED.replace("e\u0301", "\u00e9") : MIXED;
            assertThat(tokenizer.decode(tokenizer.encode(text, false), false)).isEqualTo(text);
        }
    }

    @Test
    void beginOfTextIsAddedOnlyWhenAskedFor() {
        int[] plain = GoldenTokenizers.LLAMA.encode("hi", false);
        int[] special = GoldenTokenizers.LLAMA.encode("hi", true);
        assertThat(special).hasSize(plain.length + 1).startsWith(2032).endsWith(plain);
    }

    @Test
    void specialTokensWrittenInTheTextAreRecognised() {
        assertThat(GoldenTokenizers.QWEN2.encode("<|im_start|>a<|im_end|>", false)).startsWith(2001)
                .endsWith(2002);
        assertThat(GoldenTokenizers.QWEN2.decode(new int[]{2001, 2002, 2014}, true)).isEqualTo("<think>");
    }

    @Test
    void truncationAndPaddingInTheFileAreNotHeeded() {
        assertThat(GoldenTokenizers.BYTE_FALLBACK.encode("a", false)).hasSize(2);
        assertThat(GoldenTokenizers.BYTE_FALLBACK.encode("a b c d e f g h i j k l m n o p", false).length)
                .isGreaterThan(16);
        assertThat(GoldenTokenizers.LLAMA.encode("word ".repeat(2000), false).length).isGreaterThan(2000);
    }

    @Test
    void vocabularyKnowsAddedTokensAndItsEnd() {
        assertThat(GoldenTokenizers.LLAMA.vocabSize()).isEqualTo(2048);
        assertThat(GoldenTokenizers.LLAMA.token(2036)).isEqualTo("<|eot_id|>");
        assertThat(GoldenTokenizers.LLAMA.token(2048)).isEmpty();
        assertThat(GoldenTokenizers.LLAMA.token(-1)).isEmpty();
        assertThat(GoldenTokenizers.BYTE_FALLBACK.token(3)).isEqualTo("<0x00>");
    }

    @Test
    void idsOutOfRangeDecodeToNothing() {
        for (HfTokenizer tokenizer : GoldenTokenizers.ALL) {
            assertThat(tokenizer.decode(new int[]{-1, Integer.MIN_VALUE, 1 << 20, Integer.MAX_VALUE}, false))
                    .isEmpty();
            assertThat(tokenizer.decode(new int[0], true)).isEmpty();
            assertThat(tokenizer.encode("", false)).isEmpty();
        }
    }

    @Test
    void nulAndLoneSurrogatesDoNotHarmTheLibrary() {
        assertThat(GoldenTokenizers.LLAMA.decode(GoldenTokenizers.LLAMA.encode("a\u0000b", false), false))
                .isEqualTo("a\u0000b");
        assertThat(GoldenTokenizers.LLAMA.encode("a\ud800b", false)).isNotEmpty();
    }

    @Test
    void severalThreadsGetTheAnswersOfOne() throws Exception {
        int[] expected = GoldenTokenizers.LLAMA.encode(MIXED, true);
        try (var pool = Executors.newFixedThreadPool(4)) {
            Callable<int[]> task = () -> GoldenTokenizers.LLAMA.encode(MIXED, true);
            List<Future<int[]>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(pool.submit(task));
            }
            for (Future<int[]> answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aClosedTokenizerRefusesInsteadOfCrashing() throws IOException {
        HfTokenizer tokenizer = HfTokenizer.load(GoldenTokenizers.RESOURCES.resolve("golden/llama"));
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", false)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tokenizer.decode(new int[]{1}, false))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyBadFileIsOneLineThatNamesIt(@TempDir Path folder) throws IOException {
        assertRefused(folder, "is missing");
        for (String content : List.of("", "[]", "{", "{}", "{\"model\": 5}",
                "{\"model\":{\"vocab\":{\"a\":\"x\"}}}",
                "{\"model\":{\"type\":\"Nonsense\",\"vocab\":{\"a\":0}}}",
                "{\"model\":{\"vocab\":{\"a\":-7}}}", "{\"model\":{\"vocab\":{\"a\":999999999}}}",
                "\u0000\u0001")) {
            Files.writeString(folder.resolve("tokenizer.json"), content);
            assertRefused(folder, "");
        }
        Files.write(folder.resolve("tokenizer.json"), new byte[]{'{', '"', (byte) 0xC0, (byte) 0x80, '"'});
        assertRefused(folder, "");
    }

    private static void assertRefused(Path folder, String problem) {
        assertThatThrownBy(() -> HfTokenizer.load(folder)).isInstanceOf(IOException.class)
                .hasMessageContaining("tokenizer.json").hasMessageContaining(problem)
                .extracting(Throwable::getMessage).asString().doesNotContain("\n");
    }
}
