package dev.pigou.engine;

import dev.pigou.scheduler.PrefixLease;
import org.jspecify.annotations.Nullable;

/**
 * A lease that a choice left behind on its prompt, as it begins. What it costs is known when it ends.
 *
 * @param tokens of the prompt that stay in the cache
 * @param nanos for how long at most
 * @param mostCredits that it may cost, after which it ends; infinite if nothing limits it
 */
public record LeaseGrant(int tokens, long nanos, double mostCredits) {
    private static final double CREDITS_PER_PICO = 1e-12;

    static @Nullable LeaseGrant of(@Nullable PrefixLease lease, long nowNanos) {
        if (lease == null) {
            return null;
        }
        long most = lease.charge().boundPico();
        return new LeaseGrant(lease.tokens(), Math.max(0, lease.untilNanos() - nowNanos),
                most == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : most * CREDITS_PER_PICO);
    }
}
