package dev.pigou.engine.openai;

import dev.pigou.scheduler.SamplingParams;
import java.util.Arrays;
import java.util.List;

/**
 * One prompt, ready for the engine.
 *
 * @param echo what every choice's text begins with; empty unless asked for
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record Prompt(int[] tokens, String echo, SamplingParams sampling) {
    List<Integer> tokenList() { return Arrays.stream(tokens).boxed().toList(); }

    boolean scored() { return sampling.promptLogprobs() != SamplingParams.NO_LOGPROBS; }
}
