package dev.pigou.bench.cli;

import dev.pigou.bench.peer.GgufModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pigou gguf}: writes a model folder in llama.cpp's format. */
@Command(name = "gguf", description = {"Write a model folder as a GGUF file, for llama.cpp.",
        "The weights stay what they are: float32, float16 or bfloat16, not quantised."}, mixinStandardHelpOptions = true)
final class GgufCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "A Hugging Face model folder.")
    private @Nullable Path modelFolder;

    @Parameters(index = "1", paramLabel = "OUT.gguf", description = "The file to write.")
    private @Nullable Path file;

    @Option(names = "--printable-bytes", description = "Give tokens that are one byte of a longer UTF-8 sequence a text "
            + "in ASCII. Models with random weights need it: llama-server breaks answers off that are no UTF-8.")
    private boolean printableBytes;

    @Override
    public Integer call() {
        Path target = Objects.requireNonNull(file);
        try {
            GgufModel.write(Objects.requireNonNull(modelFolder), target, printableBytes);
        } catch (IOException e) {
            throw new IllegalArgumentException(target + " cannot be written: " + e, e);
        }
        return 0;
    }
}
