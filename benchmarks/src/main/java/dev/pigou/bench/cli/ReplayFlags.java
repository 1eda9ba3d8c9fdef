package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.LengthScale;
import dev.pigou.bench.load.workload.PromptStyle;
import dev.pigou.bench.load.workload.ShareGptDataset;
import dev.pigou.bench.load.workload.TraceDataset;
import dev.pigou.bench.trace.Trace;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that fit recorded lengths to the machine at hand. */
final class ReplayFlags {
    private static final int DEFAULT_SHAREGPT_TOKENS = 1024;

    @Option(names = "--input-len-scale", paramLabel = "FACTOR", defaultValue = "1", description = ""
            + "A trace's prompt lengths are multiplied by it; shared prefixes stay shared. Default: ${DEFAULT-VALUE}.")
    private double inputScale;

    @Option(names = "--output-len-scale", paramLabel = "FACTOR", defaultValue = "1", description = ""
            + "A trace's answer lengths are multiplied by it. Default: ${DEFAULT-VALUE}.")
    private double outputScale;

    @Option(names = "--max-input-len", paramLabel = "TOKENS", description = "Longer prompts of a trace are "
            + "cut after scaling; longer questions of sharegpt-json are left out. Default: none for a trace, 1024 for "
            + "sharegpt-json.")
    private @Nullable Integer maxInputTokens;

    @Option(names = "--max-output-len", paramLabel = "TOKENS", description = "Longer answers of a trace are "
            + "cut after scaling; in sharegpt-json prompt and answer may be so much longer together than --max-input-len. "
            + "Default: none for a trace, 1024 for sharegpt-json.")
    private @Nullable Integer maxOutputTokens;

    @Option(names = "--sharegpt-output-len", paramLabel = "TOKENS", description = "Length of an answer. "
            + "Default: that of the recorded one.")
    private @Nullable Integer shareGptOutputTokens;

    TraceDataset trace(Trace trace, PromptStyle style, long seed) {
        requireFactor("--input-len-scale", inputScale);
        requireFactor("--output-len-scale", outputScale);
        return new TraceDataset(trace, style, new LengthScale(inputScale, maxInput(Integer.MAX_VALUE)),
                new LengthScale(outputScale, maxOutput(Integer.MAX_VALUE)), seed);
    }

    ShareGptDataset shareGpt(Path file, int turns, int atMost, ToIntFunction<String> countTokens, long seed) {
        int maxInput = maxInput(DEFAULT_SHAREGPT_TOKENS);
        OptionalInt outputTokens = shareGptOutputTokens == null
                ? OptionalInt.empty()
                : OptionalInt.of(positive("--sharegpt-output-len", shareGptOutputTokens));
        var selection = new ShareGptDataset.Selection(turns, maxInput,
                Math.addExact(maxInput, maxOutput(DEFAULT_SHAREGPT_TOKENS)), outputTokens);
        return ShareGptDataset.read(file, selection, atMost, countTokens, seed);
    }

    private int maxInput(int otherwise) {
        return maxInputTokens == null ? otherwise : positive("--max-input-len", maxInputTokens);
    }

    private int maxOutput(int otherwise) {
        return maxOutputTokens == null ? otherwise : positive("--max-output-len", maxOutputTokens);
    }

    private static void requireFactor(String flag, double factor) {
        Flag.require(factor > 0 && Double.isFinite(factor), flag, factor, "above 0");
    }

    private static int positive(String flag, int tokens) {
        Flag.require(tokens >= 1, flag, tokens, "at least 1");
        return tokens;
    }
}
