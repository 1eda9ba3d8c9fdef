package dev.pigou.engine.openai;

import org.jspecify.annotations.Nullable;

/**
 * How one choice ended.
 *
 * @param finishReason {@code stop} or {@code length}
 * @param stopReason the stop string or the stop token id that ended it; null for the model's own end of sequence
 */
record ChoiceEnd(int choice, String finishReason, @Nullable Object stopReason) {}
