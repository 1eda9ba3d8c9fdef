package dev.pigou.scheduler;

import dev.pigou.kvcache.Lease;

/**
 * A lease that a sequence took on its prompt when it was answered, and what that costs. It knows its tenant and not its
 * sequence, which it outlives by far. Owned by the scheduler's thread.
 */
public final class PrefixLease {
    private final Lease blocks;
    private final int tokens;
    private final Tenant tenant;
    private final Listener listener;
    private final Charge charge = new Charge();

    /** Hears of the end of leases, from within the scheduler; must return at once. */
    public interface Listener {
        Listener NOBODY = lease -> {};

        /** Called now and then while it stands, when its rent has grown. All of that is due: it is held for, and within its bound. */
        default void onAccrued(PrefixLease lease) {}

        /** Called once; nothing is added to its charge any more. */
        void onEnded(PrefixLease lease);
    }

    PrefixLease(Lease blocks, int tokens, Tenant tenant, Listener listener) {
        this.blocks = blocks;
        this.tokens = tokens;
        this.tenant = tenant;
        this.listener = listener;
    }

    Lease blocks() { return blocks; }

    /** Of the prompt, that it keeps. */
    public int tokens() { return tokens; }

    public Tenant tenant() { return tenant; }

    /** When it ends at the latest. */
    public long untilNanos() { return blocks.untilNanos(); }

    /** What it has been charged: rent alone. Complete once it has ended. */
    public Charge charge() {
        return charge;
    }

    /** Takes note of its rent so far, which was found to be affordable. */
    void accrue(long rentPico) {
        if (rentPico > charge.kvPico()) {
            charge.kv(rentPico);
            listener.onAccrued(this);
        }
    }

    void announceEnd() { listener.onEnded(this); }
}
