package dev.pigou.engine.tenant;

import dev.pigou.scheduler.Tenant;
import java.util.Optional;

/**
 * A tenant, and what it is entitled to.
 *
 * @param cacheSalt cached prefixes are shared only between accounts with equal salts
 * @param budget what it may spend; empty if as much as it likes
 * @param memoryFloor share of the KV memory that nobody can bid away from it, in [0, 1]
 */
public record Account(Tenant tenant, long cacheSalt, Optional<Budget> budget, double memoryFloor) {
    /** Of those that share their prefixes. */
    public static final long SHARED_SALT = 0;

    /** Everybody's, where there are no tenants. */
    public static final Account ANYBODY = new Account(Tenant.ANYBODY, SHARED_SALT, Optional.empty(), 0);

    /**
     * A wallet's terms, in credits.
     *
     * @param refillPerSecond what it earns
     * @param cap most that it holds
     * @param balance that it begins with, in [0, cap]
     */
    public record Budget(double refillPerSecond, double cap, double balance) {
        /** It begins full. */
        public Budget(double refillPerSecond, double cap) {
            this(refillPerSecond, cap, cap);
        }

        /** The same, but it begins with so much. */
        public Budget holding(double credits) {
            return new Budget(refillPerSecond, cap, Math.clamp(credits, 0, cap));
        }
    }

    /** The same on other terms. */
    public Account withBudget(Budget other) {
        return new Account(tenant, cacheSalt, Optional.of(other), memoryFloor);
    }
}
