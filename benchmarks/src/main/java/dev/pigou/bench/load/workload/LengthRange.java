package dev.pigou.bench.load.workload;

import java.util.SplittableRandom;

/**
 * Lengths of requests, uniform around a mean as vLLM's {@code --random-range-ratio} has them: from
 * {@code floor(mean * (1 - ratio))} to {@code ceil(mean * (1 + ratio))}, both included.
 */
public record LengthRange(int meanTokens, double ratio) {
    public int least() { return (int) Math.floor(meanTokens * (1 - ratio)); }

    public int most() { return (int) Math.ceil(meanTokens * (1 + ratio)); }

    int draw(SplittableRandom random) { return random.nextInt(least(), most() + 1); }
}
