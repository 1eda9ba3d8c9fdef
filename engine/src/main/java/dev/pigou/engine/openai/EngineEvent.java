package dev.pigou.engine.openai;

import dev.pigou.engine.Ending;
import dev.pigou.engine.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/** What the engine said about one prompt, on its way from the engine thread to the request's text thread. */
sealed interface EngineEvent {
    /** Index of the prompt in the request. */
    int prompt();

    record PromptToken(int prompt, int position, TokenLogprobs logprobs) implements EngineEvent {}

    record Token(int prompt, int choice, int token,
            @Nullable TokenLogprobs logprobs) implements EngineEvent {}

    record Finished(int prompt, int choice, Ending ending) implements EngineEvent {}
}
