package dev.pigou.scheduler;

/**
 * With whom a sequence shares cached prefixes, and for how long it keeps its own.
 *
 * @param salt prefixes are shared only between sequences with equal salts
 * @param leaseNanos how long its prompt is kept in the cache after it was answered, for rent; 0 if no longer than it earns
 */
public record CacheTerms(long salt, long leaseNanos) {
    /** Longer ones are asked for again. */
    public static final long LONGEST_LEASE_NANOS = 24 * 3_600_000_000_000L;

    public CacheTerms {
        if (leaseNanos < 0 || leaseNanos > LONGEST_LEASE_NANOS) {
            throw new IllegalArgumentException(
                    "a lease must be from 0 to 24 hours, but is " + leaseNanos + " ns");
        }
    }

    /** Without a lease. */
    public static CacheTerms salted(long salt) { return new CacheTerms(salt, 0); }

    /** The same without a lease. */
    public CacheTerms unleased() { return salted(salt); }
}
