package dev.pigou.engine.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** The tokenizers the tests run, loaded once: three byte-level ones and one with byte fallback. */
final class GoldenTokenizers {
    static final Path RESOURCES = Path.of("src/test/resources");
    static final HfTokenizer LLAMA = load("golden/llama");
    static final HfTokenizer QWEN2 = load("golden/qwen2");
    static final HfTokenizer GPT2 = load("golden/llama-mqa-gpt2tok");
    static final HfTokenizer BYTE_FALLBACK = load("text/byte-fallback");
    static final List<HfTokenizer> BYTE_LEVEL = List.of(LLAMA, QWEN2, GPT2);
    static final List<HfTokenizer> ALL = List.of(LLAMA, QWEN2, GPT2, BYTE_FALLBACK);

    private GoldenTokenizers() {}

    private static HfTokenizer load(String folder) {
        try {
            return HfTokenizer.load(RESOURCES.resolve(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
