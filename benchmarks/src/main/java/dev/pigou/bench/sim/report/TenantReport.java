package dev.pigou.bench.sim.report;

import org.jspecify.annotations.Nullable;

/**
 * What one tenant got; times are seconds of completed requests, and null if there are none.
 *
 * @param paid credits; null if the policy charges nothing
 * @param refilled credits that its wallet earned meanwhile, without what it began with; null if it has none
 */
public record TenantReport(int completed, int refused, int expired, double welfare, @Nullable Double ttftP50S,
        @Nullable Double ttftP99S, @Nullable Double tpotP50S, @Nullable Double tpotP99S,
        @Nullable Double paid, @Nullable Double refilled) {

    /** The same with its money. */
    TenantReport paid(double credits, @Nullable Double refill) {
        return new TenantReport(completed, refused, expired, welfare, ttftP50S, ttftP99S, tpotP50S, tpotP99S,
                credits, refill);
    }
}
