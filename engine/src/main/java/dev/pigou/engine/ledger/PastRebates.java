package dev.pigou.engine.ledger;

import dev.pigou.engine.tenant.Account;
import java.util.List;

/**
 * Hands back what was paid in the past to the tenants with wallets, by their shares, as the treasury does with
 * {@code --rebate-revenue}. In whole picocredits: what does not divide waits for the next payment, so that what was handed
 * back and what waits add up to what was paid.
 */
final class PastRebates {
    private final double[] shares;
    private final long[] parts;
    private final double allShares;
    private long waitingPico;

    PastRebates(List<Account> withWallets) {
        shares = withWallets.stream().mapToDouble(account -> account.tenant().share()).toArray();
        parts = new long[shares.length];
        double sum = 0;
        for (double share : shares) {
            sum += share;
        }
        allShares = sum;
    }

    /** What each gets when somebody pays, in the order of the accounts; valid until the next call. */
    long[] of(long paidPico) {
        long revenue = waitingPico + paidPico;
        waitingPico = revenue;
        for (int i = 0; i < parts.length; i++) {
            long part = (long) (revenue * (shares[i] / allShares));
            parts[i] = Math.min(part, waitingPico); // sums of rounded shares may be one unit too many
            waitingPico -= parts[i];
        }
        return parts;
    }

    /** Paid, and not handed back yet. */
    long waitingPico() { return waitingPico; }
}
