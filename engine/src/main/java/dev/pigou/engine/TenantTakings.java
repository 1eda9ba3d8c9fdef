package dev.pigou.engine;

import dev.pigou.kvcache.ReuseLedger;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one tenant's requests have used and paid since the start, and what they left in the cache. The engine thread counts;
 * any thread may read.
 */
public final class TenantTakings {
    private static final double CREDITS_PER_PICO = 1e-12;

    private final int tenant;
    private final AtomicLong promptTokens = new AtomicLong();
    private final AtomicLong cachedTokens = new AtomicLong();
    private final AtomicLong duePico = new AtomicLong();

    private volatile CacheOrigin cacheOrigin = CacheOrigin.NOTHING;

    TenantTakings(Tenant tenant) { this.tenant = tenant.index(); }

    void count(Sequence ended) {
        promptTokens.addAndGet(ended.promptLength());
        cachedTokens.addAndGet(ended.cachedTokens());
        duePico.addAndGet(ended.charge().duePico());
    }

    void count(PrefixLease ended) { duePico.addAndGet(ended.charge().duePico()); }

    void look(ReuseLedger ledger) { cacheOrigin = CacheOrigin.of(ledger.writtenBy(tenant)); }

    /** Of the cache, what its requests have computed; as of when a sequence last ended. */
    public CacheOrigin cacheOrigin() {
        return cacheOrigin;
    }

    /** Of sequences that have run. */
    public long promptTokens() { return promptTokens.get(); }

    /** Of those, found in the cache. */
    public long cachedTokens() { return cachedTokens.get(); }

    /** Credits due, of leases too. */
    public double dueCredits() { return duePico.get() * CREDITS_PER_PICO; }
}
