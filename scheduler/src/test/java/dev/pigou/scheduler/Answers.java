package dev.pigou.scheduler;

/** Sequences that produce without a scheduler, for tests of what only looks at them. */
public final class Answers {
    private static final int TOKEN = 7;

    private Answers() {}

    public static Sequence begin(long id, Tenant tenant, int promptTokens, int maxTokens) {
        return begin(id, new Bid(tenant, 1, 0, 1, Bid.NO_DEADLINE, 0), promptTokens, maxTokens);
    }

    public static Sequence begin(long id, Bid bid, int promptTokens, int maxTokens) {
        SamplingParams params = SamplingParams.builder().maxTokens(maxTokens).build();
        return new Sequence(id, new int[promptTokens], params, CacheTerms.salted(0), bid, 0, new Recorder());
    }

    /** Produces until the answer has {@code length} tokens. */
    public static Sequence produce(Sequence sequence, int length) {
        while (sequence.outputLength() < length) {
            sequence.append(TOKEN, 0);
        }
        return sequence;
    }

    public static Sequence end(Sequence sequence, FinishReason reason) {
        sequence.finished(reason);
        return sequence;
    }
}
