package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Lexicon;
import dev.pigou.bench.load.workload.PromptStyle;
import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Flags that say what made-up prompts are written in, and how tokens are counted. */
final class PromptFlags {
    private static final int CHARACTERS_PER_TOKEN = 4;

    @Option(names = "--prompt-as", paramLabel = "FORM", converter = Form.Converter.class, description = "tokens (ids, for /v1/completions) or "
            + "text (common words). Default: tokens where the endpoint takes them and --vocab-size is given.")
    private @Nullable Form form;

    @Option(names = "--vocab-size", paramLabel = "N", description = "The model's vocabulary: ids are drawn "
            + "below N, all but the first few. Default: the --tokenizer's.")
    private @Nullable Integer vocabSize;

    @Option(names = "--tokenizer", paramLabel = "DIR", description = "A Hugging Face folder with the "
            + "model's tokenizer.json: text prompts then have exactly the tokens asked for, wherever the tokenizer takes "
            + "words one by one. Default: a word is taken for a token, and in sharegpt-json four characters.")
    private @Nullable Path tokenizer;

    /** What a prompt is sent as. */
    enum Form {
        TOKENS, TEXT;

        /** As it is written on the command line. */
        @Override
        public String toString() { return name().toLowerCase(Locale.ROOT); }

        /** For picocli. */
        static final class Converter implements ITypeConverter<Form> {
            @Override
            public Form convert(String text) { return Flag.choice(values(), text); }
        }
    }

    /** The tokenizer named, to be closed by the caller; empty if none was. */
    Optional<Tokenizer> openTokenizer() {
        if (tokenizer == null) {
            return Optional.empty();
        }
        if (!Files.isDirectory(tokenizer)) {
            throw new IllegalArgumentException("--tokenizer takes the model's folder, and there is no folder "
                    + tokenizer + "; without --tokenizer a word is taken for a token");
        }
        try {
            return Optional.of(HfTokenizer.load(tokenizer));
        } catch (IOException e) {
            throw new IllegalArgumentException("--tokenizer: " + e.getMessage(), e);
        }
    }

    Form form(boolean endpointTakesTokens, DatasetName dataset, int turns) {
        boolean possible = endpointTakesTokens && dataset != DatasetName.SHAREGPT_JSON && turns == 1;
        if (form == null) {
            return possible && vocabSize != null ? Form.TOKENS : Form.TEXT;
        }
        if (form == Form.TOKENS && !possible) {
            throw new IllegalArgumentException(
                    "--prompt-as tokens is not possible here: " + (!endpointTakesTokens
                            ? "only the endpoint /v1/completions takes token ids"
                            : turns > 1
                                    ? "a turn after the first repeats the answer before it, which comes as text (--turns)"
                                    : "conversations of sharegpt-json are text"));
        }
        return form;
    }

    PromptStyle style(Form form, Optional<Tokenizer> tokenizer) {
        return form == Form.TOKENS
                ? new PromptStyle.Tokens(vocabSize(tokenizer))
                : new PromptStyle.Words(tokenizer.map(known -> Lexicon.measured(tokens(known)))
                        .orElseGet(Lexicon::estimated));
    }

    /** How tokens of a text are counted. */
    static ToIntFunction<String> counter(Optional<Tokenizer> tokenizer) {
        return tokenizer.map(PromptFlags::tokens)
                .orElse(text -> Math.ceilDiv(text.length(), CHARACTERS_PER_TOKEN));
    }

    private static ToIntFunction<String> tokens(Tokenizer tokenizer) {
        return text -> tokenizer.encode(text, false).length;
    }

    private int vocabSize(Optional<Tokenizer> tokenizer) {
        if (vocabSize != null) {
            Flag.require(vocabSize >= 1, "--vocab-size", vocabSize, "at least 1");
            return vocabSize;
        }
        return tokenizer.map(Tokenizer::vocabSize).orElseThrow(() -> new IllegalArgumentException(
                "--prompt-as tokens needs the size of the model's vocabulary: --vocab-size N or --tokenizer DIR"));
    }
}
