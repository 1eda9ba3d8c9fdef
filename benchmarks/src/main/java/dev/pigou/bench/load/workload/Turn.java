package dev.pigou.bench.load.workload;

import java.util.function.Supplier;

/**
 * One request of a {@link Session}.
 *
 * @param thinkSeconds between the end of the turn before and this one; 0 for a first turn
 * @param prompt makes the prompt when it is sent, the same one each time; in a later turn it is only what is new, and
 *     follows the prompts and answers before it
 * @param outputTokens asked for as {@code max_tokens}, at least 1
 */
public record Turn(double thinkSeconds, Supplier<Prompt> prompt, int outputTokens,
        ClientBehaviour behaviour) {}
