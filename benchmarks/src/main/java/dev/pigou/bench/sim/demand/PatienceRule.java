package dev.pigou.bench.sim.demand;

/**
 * How long senders wait for the first token: an answer's value falls in a straight line to nothing by then. Long prompts
 * are waited for longer.
 *
 * @param shortSeconds for prompts of up to {@code longAbove} tokens
 * @param longSeconds for longer ones
 * @param longAbove tokens
 */
public record PatienceRule(double shortSeconds, double longSeconds, int longAbove) {
    public static final PatienceRule DEFAULT = new PatienceRule(15, 60, 8192);

    public PatienceRule {
        requirePositive(shortSeconds);
        requirePositive(longSeconds);
    }

    double seconds(int promptTokens) { return promptTokens > longAbove ? longSeconds : shortSeconds; }

    static void requirePositive(double seconds) {
        if (!(seconds > 0 && seconds <= 1e6)) {
            throw new IllegalArgumentException(
                    "a patience must be above 0 and at most 1,000,000 seconds, but is " + seconds);
        }
    }
}
