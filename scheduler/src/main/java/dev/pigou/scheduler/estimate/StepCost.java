package dev.pigou.scheduler.estimate;

/**
 * What a step takes, as a linear function of its {@link StepWork}. The constant is paid once a step, whatever is in
 * it.
 *
 * @param baseSeconds of a step however small: reading the weights, launching kernels
 * @param secondsPerPrefillToken with nothing before it
 * @param secondsPerPrefillTokenContext for each pair of a prefill token and a token before it
 * @param secondsPerDecodeSequence but for the reading of its KV blocks
 * @param secondsPerKvBlockRead by a decoding sequence; it holds for one block size
 */
public record StepCost(double baseSeconds, double secondsPerPrefillToken,
        double secondsPerPrefillTokenContext, double secondsPerDecodeSequence, double secondsPerKvBlockRead) {
    public StepCost {
        requireSeconds(baseSeconds, "base_seconds");
        requireSeconds(secondsPerPrefillToken, "seconds_per_prefill_token");
        requireSeconds(secondsPerPrefillTokenContext, "seconds_per_prefill_token_context");
        requireSeconds(secondsPerDecodeSequence, "seconds_per_decode_sequence");
        requireSeconds(secondsPerKvBlockRead, "seconds_per_kv_block_read");
        if (baseSeconds == 0) {
            throw new IllegalArgumentException("base_seconds is 0, but no step takes no time");
        }
    }

    /**
     * Llama 2 70B over eight H100: decode ms = 29.9 + 0.223 B + 1.6e-4 B ctx, prefill ms = 5.7 + 0.090 n + 1.5e-6 n
     * ctx, our fits (mean absolute error 2.1 and 16 %) to the profiles published with Splitwise (arXiv 2311.18677).
     * A step with both pays the larger constant, and so, here, does a step without decodes.
     *
     * @param blockSize tokens of a KV block
     */
    public static StepCost llama70bOnH100(int blockSize) {
        return new StepCost(29.9e-3, 0.090e-3, 1.5e-9, 0.223e-3, 1.6e-7 * blockSize);
    }

    public double seconds(StepWork work) {
        return baseSeconds + secondsPerPrefillToken * work.prefillTokens()
                + secondsPerPrefillTokenContext * work.prefillTokenContexts()
                + secondsPerDecodeSequence * work.decodeSequences()
                + secondsPerKvBlockRead * work.kvBlocksRead();
    }

    private static void requireSeconds(double seconds, String name) {
        if (!(seconds >= 0) || seconds == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    name + " must be a number of seconds of at least 0, but is " + seconds);
        }
    }
}
