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
     * @param cap most that it holds; it begins full
     */
    public record Budget(double refillPerSecond, double cap) {}
}
