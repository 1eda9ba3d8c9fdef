package dev.pigou.engine.cli;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelConfigBuilder;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFamily;
import dev.pigou.engine.model.RopeScaling;
import dev.pigou.engine.model.SynthModel;
import dev.pigou.engine.model.SynthPreset;
import dev.pigou.engine.model.SynthSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pigou synth}: writes a model folder with random weights. */
@Command(name = "synth", description = {"Write a model folder with random weights, for tests and benchmarks.",
        "It answers nonsense, at the speed and in the memory of a real model of its shape."}, mixinStandardHelpOptions = true, sortOptions = false)
final class SynthCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder to write.")
    private @Nullable Path folder;

    @Option(names = "--preset", paramLabel = "NAME", defaultValue = "tiny", description = ""
            + "The shape to start from: tiny, small, mid or large. Default: ${DEFAULT-VALUE}.")
    private SynthPreset preset = SynthPreset.TINY;

    @Option(names = "--family", paramLabel = "NAME", description = "llama, mistral, qwen2 or qwen3.")
    private @Nullable ModelFamily family;

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "bfloat16", description = ""
            + "float32, bfloat16 or float16. Default: ${DEFAULT-VALUE}.")
    private String dtype = "";

    @Option(names = "--layers", paramLabel = "N")
    private @Nullable Integer layers;

    @Option(names = "--hidden-size", paramLabel = "N")
    private @Nullable Integer hiddenSize;

    @Option(names = "--heads", paramLabel = "N")
    private @Nullable Integer heads;

    @Option(names = "--kv-heads", paramLabel = "N")
    private @Nullable Integer kvHeads;

    @Option(names = "--head-dim", paramLabel = "N")
    private @Nullable Integer headDim;

    @Option(names = "--intermediate-size", paramLabel = "N")
    private @Nullable Integer intermediateSize;

    @Option(names = "--vocab-size", paramLabel = "N")
    private @Nullable Integer vocabSize;

    @Option(names = "--max-position-embeddings", paramLabel = "N")
    private @Nullable Integer maxPositions;

    @Option(names = "--sliding-window", paramLabel = "TOKENS", description = "In every layer (mistral).")
    private @Nullable Integer slidingWindow;

    @Option(names = "--tie-word-embeddings", paramLabel = "BOOL", arity = "1")
    private @Nullable Boolean tied;

    @Option(names = "--rope-scaling", paramLabel = "TYPE", description = "linear, dynamic, yarn or llama3.")
    private @Nullable String ropeScaling;

    @Option(names = "--rope-factor", paramLabel = "F", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}.")
    private double ropeFactor;

    @Option(names = "--shards", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int shards;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1234", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        ModelDtype stored = ModelDtype.ofTorchName(dtype).orElseThrow(() -> new IllegalArgumentException(
                "--dtype must be float32, bfloat16 or float16, but is " + dtype));
        ModelConfig config = shape();
        Path target = Objects.requireNonNull(folder);
        try {
            SynthModel.write(new SynthSpec(config, stored, shards, seed), target);
        } catch (IOException e) {
            throw FileFailure.of(target, e);
        }
        Objects.requireNonNull(spec).commandLine().getOut().printf(Locale.ROOT,
                "Wrote %s: %s, %d layers, hidden size %d, vocabulary %d, %s%n", target,
                config.family().architecture(), config.layers(), config.hiddenSize(), config.vocabSize(),
                dtype);
        return 0;
    }

    private ModelConfig shape() {
        ModelConfigBuilder builder = preset.config().toBuilder();
        set(family, builder::family);
        set(layers, builder::layers);
        set(hiddenSize, builder::hiddenSize);
        set(heads, builder::heads);
        set(kvHeads, builder::kvHeads);
        if (headDim != null) {
            builder.headDim(headDim);
        } else if (hiddenSize != null || heads != null) {
            builder.headDimFromHiddenSize();
        }
        set(intermediateSize, builder::intermediateSize);
        set(vocabSize, builder::vocabSize);
        set(maxPositions, builder::maxPositionEmbeddings);
        set(tied, builder::tieWordEmbeddings);
        ModelConfig config = builder.build();
        if (slidingWindow != null) {
            builder.slidingWindows(Collections.nCopies(config.layers(), OptionalInt.of(slidingWindow)));
        }
        if (ropeScaling != null) {
            builder.ropeScaling(scaling(config.maxPositionEmbeddings()));
        }
        return builder.build();
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private RopeScaling scaling(int positions) {
        if (!(ropeFactor >= 1 && ropeFactor <= 1e6)) {
            throw new IllegalArgumentException(
                    "--rope-factor must be from 1 to 1000000, but is " + ropeFactor);
        }
        return switch (String.valueOf(ropeScaling)) {
            case "linear" -> new RopeScaling.Linear(ropeFactor);
            case "dynamic" -> new RopeScaling.Dynamic(ropeFactor);
            case "yarn" -> new RopeScaling.Yarn(ropeFactor, positions, 32, 1, OptionalDouble.empty(),
                    OptionalDouble.empty(), OptionalDouble.empty(), true);
            case "llama3" ->
                new RopeScaling.Llama3(ropeFactor, 1, 4, Math.max(1, (int) (positions / ropeFactor)));
            default -> throw new IllegalArgumentException(
                    "--rope-scaling must be linear, dynamic, yarn or llama3, but is " + ropeScaling);
        };
    }
}
