package dev.pigou.bench.jmh;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.SynthModel;
import dev.pigou.engine.model.SynthPreset;
import dev.pigou.engine.model.SynthSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The model folders that benchmarks load. Random ones are written when first asked for, to the build's own folder, so
 * that later processes find them.
 */
public final class BenchmarkModels {
    /** Names the source tree; the launcher sets it and forks inherit it. */
    private static final String HOME = "pigou.home";

    private BenchmarkModels() {}

    /**
     * A model folder.
     *
     * @param name {@code demo}, trained, with 512 tokens; {@code mid}, random, of 100 M parameters; or {@code
     *     vocabulary}, random, tiny but for its 32,000 tokens
     */
    public static Path named(String name) throws IOException {
        return switch (name) {
            case "demo" -> home().resolve("engine/models/pigou-demo");
            case "mid" -> synthesised(name, SynthPreset.MID.config());
            case "vocabulary" ->
                synthesised(name, SynthPreset.TINY.config().toBuilder().vocabSize(32_000).build());
            default -> throw new IllegalArgumentException(
                    "there is no model '" + name + "' for benchmarks: take demo, mid or vocabulary");
        };
    }

    private static Path home() {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new IllegalStateException(
                    "benchmarks with models need the source tree: run them with ./pigou jmh");
        }
        return Path.of(home);
    }

    private static Path synthesised(String name, ModelConfig config) throws IOException {
        Path folder = home().resolve("benchmarks/target/models").resolve(name);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.getParent());
            Path unfinished = Files.createTempDirectory(folder.getParent(), name);
            SynthModel.write(new SynthSpec(config, ModelDtype.BFLOAT16, 1, 25), unfinished);
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return folder;
    }
}
