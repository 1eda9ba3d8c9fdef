package dev.pigou.bench.load.workload;

/** What a request asks. */
public sealed interface Prompt {
    /** How long it is meant to be; the server's usage says how long it was. */
    int tokens();

    /** Token ids, for {@code /v1/completions}. Callers must not write to {@code ids}. */
    @SuppressWarnings("ArrayRecordComponent") // long, and nobody compares two of them
    record TokenIds(int[] ids) implements Prompt {
        @Override
        public int tokens() { return ids.length; }
    }

    /** Text: the prompt of a completion, or the user's message in a chat. */
    record Text(String text, int tokens) implements Prompt {}
}
