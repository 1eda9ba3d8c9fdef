package dev.pigou.scheduler.price;

/**
 * What a request would cost if it came now. Amounts in credits, times in seconds. Immutable, so any thread may read it.
 *
 * @param expected at the prices of now and as they are expected to go on; with the rent of the lease it asks for
 * @param most what 95 of 100 such requests do not exceed. One that comes with its quote pays no more than the total
 * @param promptTokens of the request
 * @param cachedTokens of those, found in the cache now: they cost no prefill
 * @param outputTokens expected
 * @param firstTokenSeconds expected until the first token
 * @param cheapestDelaySeconds waiting so long before it starts is best: what it saves, less what the delay costs its sender,
 *     is largest. 0 if waiting does not pay
 * @param cheapestCredits expected cost then; that of {@code expected} if waiting does not pay
 * @param validUntilNanos on the scheduler's clock
 */
public record Quote(Cost expected, Cost most, int promptTokens, int cachedTokens, double outputTokens,
        double firstTokenSeconds, double cheapestDelaySeconds, double cheapestCredits, long validUntilNanos) {
    /** Most that will be due, in picocredits: for {@link dev.pigou.scheduler.Charge#quoted}. */
    public long boundPico() {
        return Picocredits.within(most.total());
    }

    /** The same of another answer to the prompt, which finds it computed and leases nothing. */
    public long furtherBoundPico() {
        return Picocredits.within(most.decode() + most.kv());
    }
}
