package dev.pigou.engine;

/**
 * What a request may ask of the running engine.
 *
 * @param vocabSize token ids are in [0, vocabSize)
 * @param maxModelLen most tokens of prompt and answer together
 * @param maxLogprobs most {@code top_logprobs} a request may ask for
 */
public record EngineLimits(int vocabSize, int maxModelLen, int maxLogprobs) {}
