package dev.pigou.engine.text;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IncrementalDetokenizerTest {
    private static final long SEED = 20261101;
    private static final String[] PIECES = {"a", "the ", " quick", "Z", "\n\n", "  ", "\t", "é", "e\u0301",
            "ß", "你好", "한국", "👍", "👩‍👩‍👧", "🏳️‍🌈", "\u05d0", "नमस्ते", "\u200d", "\uFFFD", "42", "!?",
            "\u0000", "𝒳", "café", "<s>"};

    @Test
    void piecesOfAnyTextAddUpToItsDecoding() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 400; round++) {
            String text = randomText(random);
            for (HfTokenizer tokenizer : GoldenTokenizers.ALL) {
                for (boolean skip : new boolean[]{false, true}) {
                    assertAddsUp(tokenizer, tokenizer.encode(text, true), skip,
                            "seed " + SEED + " round " + round);
                }
            }
        }
    }

    @Test
    void piecesOfAnyByteLevelIdsAddUpToTheirDecoding() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 400; round++) {
            for (HfTokenizer tokenizer : GoldenTokenizers.BYTE_LEVEL) {
                // Ids below 260 are mostly single bytes: much of this is not UTF-8. Some ids do not exist.
                int[] ids = random
                        .ints(1 + random.nextInt(120), 0, round % 2 == 0 ? 260 : tokenizer.vocabSize() + 9)
                        .toArray();
                assertAddsUp(tokenizer, ids, round % 3 == 0, "seed " + SEED + " round " + round);
            }
        }
    }

    @Test
    void byteFallbackOnlyReplacesWhereTheWholeDecodingDoes() {
        SplittableRandom random = new SplittableRandom(SEED);
        HfTokenizer tokenizer = GoldenTokenizers.BYTE_FALLBACK;
        for (int round = 0; round < 1000; round++) {
            int bound = round % 2 == 0 ? 260 : tokenizer.vocabSize();
            int[] ids = random.ints(1 + random.nextInt(80), 0, bound).toArray();
            String whole = tokenizer.decode(ids, true);
            String streamed = stream(tokenizer, ids, true);
            assertThat(streamed.replaceAll("[^\uFFFD]", "").length()).as("seed %d round %d", SEED, round)
                    .isLessThanOrEqualTo(whole.replaceAll("[^\uFFFD]", "").length());
            if (whole.indexOf('\uFFFD') < 0) {
                assertThat(streamed).as("seed %d round %d", SEED, round).isEqualTo(whole);
            }
        }
    }

    @Test
    void noCharacterIsGivenInHalves() {
        for (HfTokenizer tokenizer : GoldenTokenizers.ALL) {
            IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer, true);
            for (int id : tokenizer.encode("x👍你👩‍👩‍👧é𝒳 ok", false)) {
                String delta = detokenizer.push(id);
                assertThat(delta).doesNotContain("\uFFFD");
                assertThat(delta.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
            }
            assertThat(detokenizer.finish()).isEmpty();
        }
    }

    @Test
    void leadingSpaceIsDroppedOnceAndNotAtEveryToken() {
        HfTokenizer tokenizer = GoldenTokenizers.BYTE_FALLBACK;
        assertThat(stream(tokenizer, tokenizer.encode("hello world", true), true)).isEqualTo("hello world");
        assertThat(stream(tokenizer, tokenizer.encode("  hello   world ", true), true))
                .isEqualTo("  hello   world ");
        assertThat(stream(tokenizer, tokenizer.encode("你 world", true), true)).isEqualTo("你 world");
    }

    @Test
    void anUnfinishedCharacterComesOutAtTheEndAsOneReplacement() {
        int[] ids = GoldenTokenizers.GPT2.encode("👍", false);
        assertThat(ids.length).isGreaterThan(1);
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(GoldenTokenizers.GPT2, true);
        assertThat(detokenizer.push(ids[0])).isEmpty();
        assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
        assertThat(detokenizer.finish()).isEmpty();
    }

    @Test
    void endlessInvalidBytesKeepFlowing() {
        for (HfTokenizer tokenizer : List.of(GoldenTokenizers.GPT2, GoldenTokenizers.BYTE_FALLBACK)) {
            int continuation = firstIdDecodingToReplacement(tokenizer);
            int[] ids = new int[1000];
            Arrays.fill(ids, continuation);
            assertThat(stream(tokenizer, ids, true)).isEqualTo("\uFFFD".repeat(1000));
        }
    }

    private static int firstIdDecodingToReplacement(HfTokenizer tokenizer) {
        for (int id = 0;; id++) {
            if (tokenizer.decode(new int[]{id}, true).equals("\uFFFD")
                    && tokenizer.decode(new int[]{id, id}, true).length() == 2) {
                return id;
            }
        }
    }

    private static void assertAddsUp(HfTokenizer tokenizer, int[] ids, boolean skip, String what) {
        assertThat(stream(tokenizer, ids, skip)).as(what).isEqualTo(tokenizer.decode(ids, skip));
    }

    private static String stream(HfTokenizer tokenizer, int[] ids, boolean skip) {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer, skip);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(detokenizer.push(id));
        }
        return text.append(detokenizer.finish()).toString();
    }

    private static String randomText(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i >= 0; i--) {
            if (random.nextInt(4) == 0) {
                int codePoint = random.nextInt(0x110000);
                text.appendCodePoint(codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'q' : codePoint);
            } else {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString();
    }
}
