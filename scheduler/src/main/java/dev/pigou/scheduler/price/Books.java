package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Charge;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Sequence;
import java.util.Arrays;

/** What the sequences and the leases that have ended were charged, by tenant. Owned by the scheduler's thread. */
public final class Books {
    private Account[] accounts = new Account[0];
    private final Account all = new Account();

    Books() {}

    /** Sums over a tenant's ended sequences and leases; picocredits. */
    public static final class Account {
        private long sequences;
        private long prefillPico;
        private long decodePico;
        private long kvPico;
        private long duePico;
        private long writtenOffPico;

        private Account() {}

        private void add(Charge charge) {
            prefillPico += charge.prefillPico();
            decodePico += charge.decodePico();
            kvPico += charge.kvPico();
            duePico += charge.duePico();
            writtenOffPico += charge.writtenOffPico();
        }

        public long sequences() { return sequences; }

        public long prefillPico() { return prefillPico; }

        public long decodePico() { return decodePico; }

        public long kvPico() { return kvPico; }

        /** Paid. */
        public long duePico() { return duePico; }

        /** Metered, but above what was promised; nobody pays it. */
        public long writtenOffPico() {
            return writtenOffPico;
        }

        /** The sum of the three prices times their quantities: what is due, and what was written off. */
        public long meteredPico() {
            return prefillPico + decodePico + kvPico;
        }
    }

    /** A sequence has ended, and nothing will be added to its charge. */
    void close(Sequence sequence) {
        Account account = add(sequence.bid().tenant().index(), sequence.charge());
        account.sequences++;
        all.sequences++;
    }

    /** The same of a lease. */
    void close(PrefixLease lease) { add(lease.tenant().index(), lease.charge()); }

    private Account add(int tenant, Charge charge) {
        if (tenant >= accounts.length) {
            int before = accounts.length;
            accounts = Arrays.copyOf(accounts, Math.max(8, 2 * tenant));
            Arrays.setAll(accounts, i -> i < before ? accounts[i] : new Account());
        }
        accounts[tenant].add(charge);
        all.add(charge);
        return accounts[tenant];
    }

    /** A tenant's; all zeros if none of its sequences has ended. */
    public Account of(int tenantIndex) {
        return tenantIndex < accounts.length ? accounts[tenantIndex] : new Account();
    }

    public Account all() { return all; }
}
