package dev.pigou.engine;

import dev.pigou.scheduler.PrefixLease;
import org.jspecify.annotations.Nullable;

/**
 * Where the tokens of one request go. Every method is called on the engine thread and must return at once: an
 * implementation hands the token to another thread and never blocks, throws, or calls the engine back.
 *
 * <p>For each choice: any number of {@code onToken}, then exactly one {@code onFinished}. Prompt log-probabilities,
 * if asked for, come in order of position before the first token of choice 0.
 */
public interface TokenSink {
    /** A prompt token was scored; {@code position} counts from 1, for the first token has no probability. */
    default void onPromptLogprobs(int position, TokenLogprobs logprobs) {}

    /**
     * One more token of a choice.
     *
     * @param logprobs present if the request asked for them
     */
    void onToken(int choice, int token, @Nullable TokenLogprobs logprobs);

    /** The choice ended; all its memory is already free. */
    void onFinished(int choice, Ending ending);

    /** Who hears of the end of a lease that a choice leaves behind, long after. It should hold little. */
    default PrefixLease.Listener ofLeases() {
        return PrefixLease.Listener.NOBODY;
    }
}
