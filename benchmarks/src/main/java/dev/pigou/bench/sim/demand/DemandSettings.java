package dev.pigou.bench.sim.demand;

/**
 * How traces become demand.
 *
 * @param load arrival times are divided by it
 * @param seed of values, of arrivals within a coarse clock's ticks, and of synthetic requests
 * @param maxTokens what every sender asks for at most; 0: twice the next power of two, as people do who guess generously
 * @param limitRequests only so many, from the first; 0: all
 * @param durationSeconds only what arrives that long, after {@code load} is applied; 0: all
 */
public record DemandSettings(double load, long seed, ValueRule values, PatienceRule patience, int maxTokens,
        int limitRequests, double durationSeconds) {
    public static final DemandSettings DEFAULT = new DemandSettings(1, 1, ValueRule.DEFAULT,
            PatienceRule.DEFAULT, 0, 0, 0);

    public DemandSettings {
        if (!(load > 0 && load <= 1e6)) {
            throw new IllegalArgumentException(
                    "--load must be above 0 and at most 1,000,000, but is " + load);
        }
        if (maxTokens < 0 || limitRequests < 0 || !(durationSeconds >= 0)) {
            throw new IllegalArgumentException(
                    "--max-tokens, --limit-requests and --duration must be at least 0, but are " + maxTokens
                            + ", " + limitRequests + " and " + durationSeconds);
        }
    }

    public DemandSettings withSeed(long other) {
        return new DemandSettings(load, other, values, patience, maxTokens, limitRequests, durationSeconds);
    }

    int maxTokens(int outputTokens) {
        return maxTokens > 0
                ? Math.max(maxTokens, outputTokens)
                : 4 * Integer.highestOneBit(Math.min(outputTokens, 1 << 28));
    }
}
