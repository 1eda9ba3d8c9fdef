package dev.pigou.engine.ledger;

import dev.pigou.engine.tenant.Account;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * What wallets hold, told from a ledger after a restart: they were full when nothing had been charged, were refilled as time
 * passed, paid what is in the books, and got their rebates of what anybody paid. Used by one thread, beside the one that
 * writes.
 */
public final class WalletHistory {
    private static final Logger LOG = LoggerFactory.getLogger(WalletHistory.class);
    private static final int PATIENCE_MILLIS = (int) Duration.ofSeconds(2).toMillis();
    private static final String ROWS = """
            SELECT tenant, ended_ms, prefill_pico + decode_pico + kv_pico - written_off_pico AS due_pico
            FROM request""";
    private static final String NEWEST_FIRST = " ORDER BY ended_ms DESC, rowid DESC";
    private static final String OF_ONE = ROWS + " WHERE tenant = ?" + NEWEST_FIRST;
    private static final String OF_ALL = ROWS + NEWEST_FIRST;

    private final Path ledger;
    private final boolean rebating;

    /** @param rebating whether what is paid is handed back */
    public WalletHistory(Path ledger, boolean rebating) {
        this.ledger = ledger;
        this.rebating = rebating;
    }

    /** The accounts with what their wallets hold now; those without one as they are. Full if the ledger cannot be read. */
    public List<Account> restored(List<Account> accounts, long nowMillis) {
        Map<String, Shortfall> shortfalls = new LinkedHashMap<>();
        for (Account account : accounts) {
            account.budget().ifPresent(
                    budget -> shortfalls.put(account.tenant().name(), new Shortfall(budget, nowMillis)));
        }
        if (shortfalls.isEmpty()) {
            return accounts;
        }
        try {
            read(accounts, shortfalls);
        } catch (SQLException e) {
            LOG.error("The ledger {} cannot be read; all wallets begin full", ledger, e);
            return accounts;
        }
        return accounts.stream().map(account -> restored(account, shortfalls)).toList();
    }

    private static Account restored(Account account, Map<String, Shortfall> shortfalls) {
        Shortfall shortfall = shortfalls.get(account.tenant().name());
        return shortfall == null
                ? account
                : account.budget().map(budget -> account.withBudget(budget.holding(shortfall.balance())))
                        .orElse(account);
    }

    private void read(List<Account> accounts, Map<String, Shortfall> shortfalls) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(PATIENCE_MILLIS);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + ledger.toAbsolutePath())) {
            if (rebating) {
                readAll(connection, shortfalls, new PastRebates(
                        accounts.stream().filter(account -> account.budget().isPresent()).toList()));
                return;
            }
            for (var wallet : shortfalls.entrySet()) {
                readOne(connection, wallet.getKey(), wallet.getValue());
            }
        }
    }

    private static void readOne(Connection connection, String tenant, Shortfall wallet) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OF_ONE)) {
            query.setString(1, tenant);
            try (ResultSet row = query.executeQuery()) {
                while (!wallet.isKnown() && row.next()) {
                    wallet.backTo(row.getLong("ended_ms"));
                    wallet.charged(row.getLong("due_pico"));
                }
            }
        }
    }

    /** What anybody paid concerns every wallet. A rebate comes after the charge, and so is read before it. */
    private static void readAll(Connection connection, Map<String, Shortfall> wallets, PastRebates rebates)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OF_ALL);
                ResultSet row = query.executeQuery()) {
            while (!wallets.values().stream().allMatch(Shortfall::isKnown) && row.next()) {
                long[] parts = rebates.of(row.getLong("due_pico"));
                int at = 0;
                for (Shortfall wallet : wallets.values()) {
                    wallet.backTo(row.getLong("ended_ms"));
                    wallet.earned(parts[at++]);
                }
                Shortfall payer = wallets.get(row.getString("tenant"));
                if (payer != null) {
                    payer.charged(row.getLong("due_pico"));
                }
            }
        }
    }
}
