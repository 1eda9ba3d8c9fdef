package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Tenant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands back what was paid, to the tenants with wallets by their shares: equal shares get equal rebates, whoever paid. Then
 * prices move money between tenants and take none from all of them together, and who uses less than his share is paid for it.
 * What does not divide waits for the next time. Owned by the scheduler's thread.
 */
final class Rebates {
    private double[] share = new double[0];
    private double allShares;
    private long pendingPico;

    void admit(Tenant tenant) {
        if (tenant.index() >= share.length) {
            share = Arrays.copyOf(share, tenant.index() + 1);
        }
        share[tenant.index()] = tenant.share();
        allShares += tenant.share();
    }

    void paid(long pico) { pendingPico += pico; }

    /** Pays out what was paid since the last time. */
    void payOut(Wallets wallets, Pacing pacing) {
        long revenue = pendingPico;
        for (int tenant = 0; tenant < share.length && revenue > 0; tenant++) {
            Wallet wallet = wallets.of(tenant);
            long rebate = rebate(revenue, tenant, wallet);
            if (wallet != null && rebate > 0) {
                wallet.earn(rebate);
                pacing.spent(tenant, -rebate);
                pendingPico -= rebate;
            }
        }
    }

    private long rebate(long revenue, int tenant, @Nullable Wallet wallet) {
        long part = wallet == null ? 0 : (long) (revenue * (share[tenant] / allShares));
        return Math.clamp(part, 0, pendingPico); // sums of rounded shares may be one unit too many
    }

    /** Paid, and not yet handed back. */
    long pendingPico() { return pendingPico; }
}
