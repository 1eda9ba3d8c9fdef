package dev.pigou.engine;

import dev.pigou.kvcache.ReuseLedger;
import dev.pigou.scheduler.Charge;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the engine has charged and whom it has refused since it started. The engine thread counts; any thread may read.
 */
public final class Takings {
    private static final double CREDITS_PER_PICO = 1e-12;

    private final Map<String, TenantTakings> tenants = new ConcurrentSkipListMap<>();
    private final Map<Refusal.Reason, AtomicLong> refusals = new EnumMap<>(Refusal.Reason.class);
    private final AtomicLong prefillPico = new AtomicLong();
    private final AtomicLong decodePico = new AtomicLong();
    private final AtomicLong kvPico = new AtomicLong();
    private final AtomicLong leasePico = new AtomicLong();
    private final Map<WriteOff, AtomicLong> writtenOffPico = new EnumMap<>(WriteOff.class);

    public Takings() {
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            refusals.put(reason, new AtomicLong());
        }
        for (WriteOff cause : WriteOff.values()) {
            writtenOffPico.put(cause, new AtomicLong());
        }
    }

    /** A sequence has ended. */
    void count(Sequence ended) {
        Charge charge = ended.charge();
        prefillPico.addAndGet(charge.prefillPico());
        decodePico.addAndGet(charge.decodePico());
        kvPico.addAndGet(charge.kvPico());
        if (charge.writtenOffPico() > 0) {
            counter(WriteOff.of(ended)).addAndGet(charge.writtenOffPico());
        }
        if (ended.computedTokens() > 0) {
            of(ended.bid().tenant()).count(ended);
        }
        if (ended.finishReason() == FinishReason.REFUSED) {
            Refusal because = ended.refusal();
            counter(because == null ? Refusal.Reason.NO_CAPACITY : because.reason()).incrementAndGet();
        }
    }

    /** Notes what is cached of each tenant now: what one leaves behind may take the place of another's. */
    void look(ReuseLedger ledger) {
        tenants.forEach((name, its) -> its.look(ledger));
    }

    /** A lease has ended. */
    void count(PrefixLease ended) {
        leasePico.addAndGet(ended.charge().kvPico());
        counter(WriteOff.LEASE).addAndGet(ended.charge().writtenOffPico());
        of(ended.tenant()).count(ended);
    }

    private TenantTakings of(Tenant tenant) {
        return tenants.computeIfAbsent(tenant.name(), name -> new TenantTakings(tenant));
    }

    /** By name, of those of whom something has run. */
    public Map<String, TenantTakings> byTenant() {
        return Collections.unmodifiableMap(tenants);
    }

    /** Sequences refused for this reason. One refused without a reason had no capacity. */
    public long refusals(Refusal.Reason reason) {
        return counter(reason).get();
    }

    private AtomicLong counter(Refusal.Reason reason) {
        return Objects.requireNonNull(refusals.get(reason)); // the map is full, and never written again
    }

    private AtomicLong counter(WriteOff cause) {
        return Objects.requireNonNull(writtenOffPico.get(cause)); // as above
    }

    /** Credits metered for computing prompts. */
    public double prefillCredits() {
        return prefillPico.get() * CREDITS_PER_PICO;
    }

    /** Credits metered for producing tokens. */
    public double decodeCredits() {
        return decodePico.get() * CREDITS_PER_PICO;
    }

    /** Credits metered for holding KV memory. */
    public double kvCredits() {
        return kvPico.get() * CREDITS_PER_PICO;
    }

    /** Credits metered for keeping prompts in the cache, of leases that have ended. */
    public double leaseCredits() {
        return leasePico.get() * CREDITS_PER_PICO;
    }

    /** The part of what was metered that nobody pays, as it was above this promise. */
    public double writtenOffCredits(WriteOff cause) {
        return counter(cause).get() * CREDITS_PER_PICO;
    }
}
