package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Sequence;

/**
 * The KV block-seconds that a request will hold: the quantity that prices of memory multiply (as a unit of
 * capacity: Nie, Si and Zhou, arXiv 2605.04595). Blocks shared with others count in full. Immutable.
 *
 * @param blockSize tokens of a KV block
 */
public record Residency(int blockSize) {
    public Residency {
        if (blockSize < 1) {
            throw new IllegalArgumentException("a block must have at least 1 token, not " + blockSize);
        }
    }

    /**
     * Of a request that runs and has computed all it was given.
     *
     * @param secondsPerToken what a decoding step takes
     */
    public double expectedBlockSeconds(Sequence running, OutputLengths lengths, double secondsPerToken) {
        return expectedBlockSeconds(running.length(), lengths.expectedRemaining(running),
                lengths.varianceRemaining(running), secondsPerToken);
    }

    /**
     * Of a request that waits: blocks for all its tokens and one more while they are computed, and then as it grows.
     *
     * @param prefillSeconds what computing its tokens will take, the first new token included
     * @param secondsPerToken what a decoding step takes
     */
    public double expectedBlockSecondsWaiting(Sequence waiting, OutputLengths lengths, double prefillSeconds,
            double secondsPerToken) {
        return expectedBlockSecondsWaiting(waiting.length(), lengths.expectedRemaining(waiting),
                lengths.varianceRemaining(waiting), prefillSeconds, secondsPerToken);
    }

    /**
     * The same from figures: a quantile and no variance, say, in place of the expectation. Block-seconds are linear
     * in length but for a square, so mean and variance are all that the expectation takes, up to rounding to
     * blocks.
     *
     * @param contextTokens known tokens, the newest of which is to be computed; at least 1
     * @param remainingTokens expected to come; at least 0
     * @param variance of those
     */
    public double expectedBlockSeconds(double contextTokens, double remainingTokens, double variance,
            double secondsPerToken) {
        double blockSteps = blocksOfLengthsUpTo(contextTokens + remainingTokens - 1)
                - blocksOfLengthsUpTo(contextTokens - 1);
        return (blockSteps + variance / (2.0 * blockSize)) * secondsPerToken;
    }

    /** Of one that waits, from figures. */
    public double expectedBlockSecondsWaiting(double contextTokens, double remainingTokens, double variance,
            double prefillSeconds, double secondsPerToken) {
        double first = Math.min(1, remainingTokens); // comes with the prefill
        double prefill = Math.ceil((contextTokens + first) / blockSize) * prefillSeconds;
        return prefill + expectedBlockSeconds(contextTokens + first, remainingTokens - first, variance,
                secondsPerToken);
    }

    /** Sum of ceil(n / blockSize) for n from 1 to {@code length}; linear between whole lengths. */
    private double blocksOfLengthsUpTo(double length) {
        double full = Math.floor(length / blockSize);
        return blockSize * full * (full + 1) / 2 + (length - full * blockSize) * (full + 1);
    }
}
