package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.LengthRange;
import dev.pigou.bench.load.workload.PromptStyle;
import dev.pigou.bench.load.workload.RandomDataset;
import picocli.CommandLine.Option;

/** Flags of {@code --dataset-name random}; names as vLLM's where it has one. */
final class RandomFlags {
    @Option(names = {"--random-input-len",
            "--input-len"}, paramLabel = "TOKENS", defaultValue = "1024", description = ""
                    + "Length of a prompt, without its prefix. Default: ${DEFAULT-VALUE}.")
    private int inputTokens;

    @Option(names = {"--random-output-len",
            "--output-len"}, paramLabel = "TOKENS", defaultValue = "128", description = ""
                    + "Length of an answer. Default: ${DEFAULT-VALUE}.")
    private int outputTokens;

    @Option(names = "--random-range-ratio", paramLabel = "RATIO", defaultValue = "0", description = ""
            + "Both lengths are drawn evenly from LENGTH * (1 - RATIO) to LENGTH * (1 + RATIO). Default: ${DEFAULT-VALUE}.")
    private double rangeRatio;

    @Option(names = "--random-prefix-len", paramLabel = "TOKENS", defaultValue = "0", description = ""
            + "Length of a prefix that prompts share, in front of --random-input-len: 192 before 64 is a prompt of 256, "
            + "75 %% of it shared. Default: ${DEFAULT-VALUE}.")
    private int prefixTokens;

    @Option(names = "--num-prefixes", paramLabel = "N", defaultValue = "1", description = ""
            + "How many different prefixes there are; each request has one of them. Default: ${DEFAULT-VALUE}.")
    private int prefixes;

    RandomDataset dataset(PromptStyle style, int turns, long seed) {
        Flag.require(inputTokens >= 0, "--random-input-len", inputTokens, "at least 0");
        Flag.require(outputTokens >= 1, "--random-output-len", outputTokens, "at least 1");
        Flag.require(rangeRatio >= 0 && rangeRatio < 1, "--random-range-ratio", rangeRatio,
                "at least 0 and below 1");
        Flag.require(prefixTokens >= 0, "--random-prefix-len", prefixTokens, "at least 0");
        Flag.require(prefixes >= 1, "--num-prefixes", prefixes, "at least 1");
        Flag.need(prefixes == 1 || prefixTokens > 0, "--num-prefixes", "--random-prefix-len");
        var input = new LengthRange(inputTokens, rangeRatio);
        boolean neverEmpty = input.least() >= 1 || (prefixTokens >= 1 && turns == 1);
        Flag.require(neverEmpty, "--random-input-len", inputTokens,
                "long enough that no prompt is empty, at this --random-range-ratio and --random-prefix-len");
        return new RandomDataset(style, prefixTokens, prefixes, input,
                new LengthRange(outputTokens, rangeRatio), turns, seed);
    }
}
