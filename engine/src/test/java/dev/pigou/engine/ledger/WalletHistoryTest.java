package dev.pigou.engine.ledger;

import dev.pigou.engine.tenant.Account;
import dev.pigou.scheduler.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class WalletHistoryTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long CREDIT = 1_000_000_000_000L;

    @TempDir
    private Path folder = Path.of("");

    private static Account alice(double refill, double cap) {
        return new Account(new Tenant(0, "alice", 1), 0, Optional.of(new Account.Budget(refill, cap)), 0);
    }

    private Path ledger() { return folder.resolve("ledger.db"); }

    private double balance(Account account) {
        return new WalletHistory(ledger()).restored(account, NOW).budget().orElseThrow().balance();
    }

    private void book(List<LedgerRow> rows) throws Exception {
        try (LedgerFile file = LedgerFile.open(ledger(), Duration.ofSeconds(1))) {
            file.append(rows);
        }
    }

    private static LedgerRow row(int n, String tenant, long endedMillis, long duePico) {
        return new LedgerRow("cmpl-" + n, 0, endedMillis, endedMillis, tenant, "llama", "stop", null, "auto",
                "default", 1, 0, 1, 0, 0, 0, duePico + 7, 0, 0, 7, 0, 0, 0);
    }

    @Test
    void anEmptyLedgerLeavesAWalletFull() throws Exception {
        book(List.of());
        assertThat(balance(alice(1, 10))).isEqualTo(10);
    }

    @Test
    void chargesAreTakenOffAndTheRefillSinceThenIsAdded() throws Exception {
        book(List.of(row(1, "alice", NOW - 60_000, 6 * CREDIT), row(2, "bob", NOW, 9 * CREDIT),
                row(3, "alice", NOW - 1000, CREDIT)));
        assertThat(balance(alice(0.05, 10))).isCloseTo(10 - 6 + 3 - 1, within(0.051));
        assertThat(balance(alice(0, 10))).isEqualTo(3);
    }

    @Test
    void whatWasEarnedAboveTheCapIsLost() throws Exception {
        book(List.of(row(1, "alice", NOW - 100_000, 2 * CREDIT), row(2, "alice", NOW, 3 * CREDIT)));
        assertThat(balance(alice(1, 10))).isEqualTo(7);
    }

    /** It had no wallet then, or one with a larger cap. */
    @Test
    void nobodyBeginsBelowNothing() throws Exception {
        book(List.of(row(1, "alice", NOW, 50 * CREDIT)));
        assertThat(balance(alice(1, 10))).isZero();
    }

    /** Against a wallet that was there all the time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itIsWhatTheWalletHeld(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        double refill = 0.02 * random.nextInt(5);
        double balance = 10;
        long millis = NOW - 2_000_000;
        List<LedgerRow> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long pause = random.nextLong(20_000);
            if (millis + pause > NOW) {
                break;
            }
            millis += pause;
            balance = Math.min(10, balance + refill * pause / 1000);
            long due = (long) (random.nextDouble() * Math.min(2, balance) * CREDIT);
            balance -= (double) due / CREDIT;
            rows.add(row(i, "alice", millis, due));
        }
        book(rows);
        double now = Math.min(10, balance + refill * (NOW - millis) / 1000);
        assertThat(balance(alice(refill, 10))).isCloseTo(now, within(1e-6));
    }

    @Test
    void aLedgerThatCannotBeReadLeavesWalletsFull() throws IOException {
        Files.writeString(ledger(), "this is no database, however long it may be ".repeat(50));
        assertThat(balance(alice(1, 10))).isEqualTo(10);
    }

    @Test
    void whoHasNoWalletGetsNone() throws Exception {
        book(List.of(row(1, "alice", NOW, CREDIT)));
        Account unlimited = new Account(new Tenant(0, "alice", 1), 0, Optional.empty(), 0);
        assertThat(new WalletHistory(ledger()).restored(unlimited, NOW)).isSameAs(unlimited);
    }
}
