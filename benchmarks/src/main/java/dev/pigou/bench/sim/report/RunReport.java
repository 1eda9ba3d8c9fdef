package dev.pigou.bench.sim.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run in figures; what the JSON holds, with names in snake case.
 *
 * <p>Welfare is the sum over answered requests of their value after the delay of the first token, and of the token after each
 * preemption. An answer that begins too late, or is refused or never given, counts 0, and nothing is subtracted.
 *
 * @param seed of the demand and of the disturbances
 * @param welfare credits
 * @param offered credits, if every answer began when it was asked for
 * @param losses offered less welfare
 * @param recomputedTokens computed again after a preemption
 * @param prefixHitTokens prompt tokens found in the cache when a request first started
 * @param prefillCostSaved seconds of steps that computing those would have taken
 * @param tenants by name
 * @param prices null if the policy has none
 * @param priceFlipsPerMin changes of direction of the waiting part of the price of KV memory, sampled by the second
 * @param quotes null if the policy makes none
 * @param retries null if whoever is refused stays away
 * @param endedSeconds when the last request ended, on the simulated clock
 * @param busyShare of that time spent in steps
 * @param meanRunning sequences, over steps by their time
 */
public record RunReport(String demand, String policy, String retention, String lengths, double load,
        int kvBlocks, long seed, double welfare, double offered, Losses losses, Requests requests,
        Map<String, TenantReport> tenants, long preemptions, long recomputedTokens, long prefixHitTokens,
        double prefillCostSaved, @Nullable PriceReport prices, @Nullable Double priceFlipsPerMin,
        @Nullable Ledger ledger, @Nullable PriceSeries priceSeries, @Nullable Quotes quotes,
        @Nullable Retries retries, double endedSeconds, double busyShare, long steps, double meanRunning) {

    /**
     * Where welfare was lost, in credits.
     *
     * @param ownPrefill of those answered, by the time that their own prompts take on an empty machine
     * @param delay of those answered, by all other waiting
     */
    public record Losses(double refused, double expired, double ownPrefill, double delay) {}

    /**
     * How many ended in which way.
     *
     * @param refusedAtOnce of those refused, within a second of arrival
     */
    public record Requests(int completed, int refused, int expired, int refusedAtOnce) {}

    /**
     * The books, in the ledger's integer units.
     *
     * @param writtenOff of what was charged, above what had been promised, and so not paid
     */
    public record Ledger(long charged, long priceTimesQuantity, long writtenOff) {}

    /**
     * How true forecasts of charges were that were made when answers started.
     *
     * @param answered completed requests
     * @param withinQ95 share of them that were metered at most what 95 of 100 were not to exceed
     * @param medianRatio of metered to expected, where anything was expected
     * @param priced those that were forecast or metered above 0
     * @param pricedWithinQ95 share of these
     */
    public record Quotes(int answered, @Nullable Double withinQ95, @Nullable Double medianRatio, int priced,
            @Nullable Double pricedWithinQ95) {}

    /**
     * Those who were refused and came back exactly when they were told to.
     *
     * @param admitted not refused again
     * @param completed got their answer, and in time
     */
    public record Retries(int sent, int admitted, int completed) {}
}
