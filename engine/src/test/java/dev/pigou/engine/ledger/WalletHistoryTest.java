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
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
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

    private double balance(Account account) { return balances(false, account)[0]; }

    private double[] balances(boolean rebating, Account... accounts) {
        return new WalletHistory(ledger(), rebating).restored(List.of(accounts), NOW).stream()
                .mapToDouble(account -> account.budget().orElseThrow().balance()).toArray();
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
        assertThat(new WalletHistory(ledger(), false).restored(List.of(unlimited), NOW))
                .containsExactly(unlimited);
    }

    private static Account wallet(String name, double share, double refill, double cap) {
        return new Account(new Tenant(0, name, share), 0, Optional.of(new Account.Budget(refill, cap)), 0);
    }

    @Test
    void whatAnybodyPaidIsHandedBackByShares() throws Exception {
        book(List.of(row(1, "alice", NOW - 3000, 4 * CREDIT), row(2, "bob", NOW - 2000, 8 * CREDIT),
                row(3, "carol, who has no wallet", NOW - 1000, 2 * CREDIT)));
        assertThat(balances(true, wallet("alice", 3, 0, 100), wallet("bob", 1, 0, 100)))
                .as("of 4: 3 to alice and 1, that is lost, to bob; of 8: 1 of 6 to her; of 2: nothing")
                .containsExactly(100, 100 - 8 + 2 + 0.5);
        assertThat(balances(false, wallet("alice", 3, 0, 100), wallet("bob", 1, 0, 100))).containsExactly(96,
                92);
    }

    /** In integers: caps, less what was charged, with what was handed back, less what of that was lost above the caps. */
    @Test
    void theBooksBalanceToTheLastUnitAcrossARestart() throws Exception {
        var random = new SplittableRandom(7);
        List<String> names = List.of("alice", "bob", "carol");
        List<Account> wallets = List.of(wallet("alice", 1, 0, 10), wallet("bob", 2, 0, 10),
                wallet("carol", 4, 0, 10));
        List<LedgerRow> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(row(i, names.get(random.nextInt(3)), NOW - 1000 + i, random.nextLong(CREDIT / 100)));
        }
        book(rows);
        var rebates = new PastRebates(wallets);
        long[][] parts = new long[rows.size()][];
        long handedBack = 0;
        for (int i = rows.size(); i-- > 0;) {
            parts[i] = rebates.of(rows.get(i).duePico()).clone();
            handedBack += LongStream.of(parts[i]).sum();
        }
        long[] held = {10 * CREDIT, 10 * CREDIT, 10 * CREDIT};
        for (int i = 0; i < rows.size(); i++) {
            held[names.indexOf(rows.get(i).tenant())] -= rows.get(i).duePico();
            for (int t = 0; t < 3; t++) {
                held[t] = Math.min(10 * CREDIT, held[t] + parts[i][t]);
            }
        }
        assertThat(handedBack + rebates.waitingPico())
                .isEqualTo(rows.stream().mapToLong(LedgerRow::duePico).sum());
        assertThat(rebates.waitingPico()).isBetween(0L, 2L);
        double[] found = balances(true, wallets.toArray(Account[]::new));
        assertThat(DoubleStream.of(found).mapToLong(credits -> Math.round(credits * CREDIT)).toArray())
                .isEqualTo(held);
    }

    /** Against wallets that were there all the time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void withRebatesItIsWhatTheWalletsHeld(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        List<Account> wallets = List.of(wallet("alice", 1, 0, 10),
                wallet("bob", 2, 0.02 * random.nextInt(4), 6));
        var rebates = new PastRebates(wallets);
        double[] refill = {0, wallets.get(1).budget().orElseThrow().refillPerSecond()};
        double[] cap = {10, 6};
        double[] balance = cap.clone();
        long millis = NOW - 1_000_000;
        List<LedgerRow> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long pause = random.nextLong(5000);
            millis += pause;
            int payer = random.nextInt(2);
            for (int t = 0; t < 2; t++) {
                balance[t] = Math.min(cap[t], balance[t] + refill[t] * pause / 1000);
            }
            long due = (long) (random.nextDouble() * Math.min(3, balance[payer]) * CREDIT);
            balance[payer] -= (double) due / CREDIT;
            long[] parts = rebates.of(due);
            for (int t = 0; t < 2; t++) {
                balance[t] = Math.min(cap[t], balance[t] + (double) parts[t] / CREDIT);
            }
            rows.add(row(i, payer == 0 ? "alice" : "bob", millis, due));
        }
        book(rows);
        double[] found = balances(true, wallets.get(0), wallets.get(1));
        for (int t = 0; t < 2; t++) {
            double now = Math.min(cap[t], balance[t] + refill[t] * (NOW - millis) / 1000);
            assertThat(found[t]).as("seed %d, wallet %d", seed, t).isCloseTo(now, within(1e-6));
        }
    }
}
