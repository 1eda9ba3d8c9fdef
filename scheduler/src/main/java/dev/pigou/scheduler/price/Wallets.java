package dev.pigou.scheduler.price;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The tenants' wallets; who has none may spend what he likes. Owned by the scheduler's thread. */
final class Wallets {
    private @Nullable Wallet[] wallets = new @Nullable Wallet[0];

    void open(int tenantIndex, Wallet wallet) {
        if (tenantIndex >= wallets.length) {
            wallets = Arrays.copyOf(wallets, tenantIndex + 1);
        }
        wallets[tenantIndex] = wallet;
    }

    @Nullable
    Wallet of(int tenantIndex) { return tenantIndex < wallets.length ? wallets[tenantIndex] : null; }
}
