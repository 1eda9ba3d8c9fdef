package dev.pigou.engine;

/**
 * Log-probabilities at one position, natural logarithm, of the model's own distribution: before temperature,
 * penalties, bias and truncation.
 *
 * @param token the token that stands at the position
 * @param logprob its log-probability
 * @param topTokens the most likely tokens, best first; as many as were asked for
 * @param topLogprobs their log-probabilities, parallel to {@code topTokens}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier from the engine to the wire; nobody compares two of them
public record TokenLogprobs(int token, float logprob, int[] topTokens, float[] topLogprobs) {}
