package dev.pigou.bench.load.workload;

import java.util.List;
import java.util.SplittableRandom;

/** How passages are put into words. The same passages always give the same prompt. */
public sealed interface PromptStyle {
    Prompt write(List<Passage> passages);

    /**
     * Random token ids.
     *
     * @param vocabSize ids lie below; the first few, which in many vocabularies are special tokens, are left out
     */
    record Tokens(int vocabSize) implements PromptStyle {
        private static final int OFTEN_SPECIAL = 10;

        @Override
        public Prompt write(List<Passage> passages) {
            int first = Math.min(OFTEN_SPECIAL, vocabSize / 2);
            int[] ids = new int[passages.stream().mapToInt(Passage::tokens).sum()];
            int at = 0;
            for (Passage passage : passages) {
                var random = new SplittableRandom(passage.key());
                for (int end = at + passage.tokens(); at < end; at++) {
                    ids[at] = random.nextInt(first, vocabSize);
                }
            }
            return new Prompt.TokenIds(ids);
        }
    }

    /** Random words. */
    record Words(Lexicon lexicon) implements PromptStyle {
        @Override
        public Prompt write(List<Passage> passages) {
            var text = new StringBuilder();
            for (Passage passage : passages) {
                lexicon.append(text, passage);
            }
            return new Prompt.Text(text.toString(), passages.stream().mapToInt(Passage::tokens).sum());
        }
    }
}
