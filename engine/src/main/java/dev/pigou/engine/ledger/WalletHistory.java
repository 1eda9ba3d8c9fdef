package dev.pigou.engine.ledger;

import dev.pigou.engine.tenant.Account;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * What wallets hold, told from a ledger after a restart: they were full when nothing had been charged, were refilled as time
 * passed, and paid what is in the books. Used by one thread, beside the one that writes.
 */
public final class WalletHistory {
    private static final Logger LOG = LoggerFactory.getLogger(WalletHistory.class);
    private static final int PATIENCE_MILLIS = (int) Duration.ofSeconds(2).toMillis();
    private static final double PICO_PER_CREDIT = 1e12;
    private static final double MILLIS_PER_SECOND = 1000;
    private static final String NEWEST_FIRST = """
            SELECT ended_ms, prefill_pico + decode_pico + kv_pico - written_off_pico AS due_pico
            FROM request WHERE tenant = ? ORDER BY ended_ms DESC""";

    private final Path ledger;

    public WalletHistory(Path ledger) { this.ledger = ledger; }

    /** The account with what its wallet holds now; as it is if it has none, and full if the ledger cannot be read. */
    public Account restored(Account account, long nowMillis) {
        return account.budget()
                .map(budget -> account.withBudget(
                        budget.holding(budget.cap() - missingCredits(account, budget, nowMillis))))
                .orElse(account);
    }

    private double missingCredits(Account account, Account.Budget budget, long nowMillis) {
        String tenant = account.tenant().name();
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(PATIENCE_MILLIS);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + ledger.toAbsolutePath());
                PreparedStatement rows = connection.prepareStatement(NEWEST_FIRST)) {
            rows.setString(1, tenant);
            try (ResultSet row = rows.executeQuery()) {
                return missingCredits(row, budget, nowMillis);
            }
        } catch (SQLException e) {
            LOG.error("The ledger {} cannot be read; the wallet of {} begins full", ledger, tenant, e);
            return 0;
        }
    }

    /*
     * A wallet with a cap is a queue: what is missing in it is the work that waits, charges are arrivals, the refill is the
     * server, and a full wallet an idle one. So what is missing is the largest, over all times past, of what was charged since
     * then less what was refilled since then (Lindley, 1952); and it is never more than the cap. Read backwards, that ends as
     * soon as not even an empty wallet before this row could be felt now.
     */
    private static double missingCredits(ResultSet row, Account.Budget budget, long nowMillis)
            throws SQLException {
        double charged = 0;
        double missing = 0;
        while (row.next()) {
            double seconds = Math.max(0, nowMillis - row.getLong(1)) / MILLIS_PER_SECOND;
            double refilled = budget.refillPerSecond() * seconds;
            if (budget.cap() + charged - refilled <= missing) {
                break;
            }
            charged += row.getLong(2) / PICO_PER_CREDIT;
            missing = Math.max(missing, charged - refilled);
        }
        return Math.min(missing, budget.cap());
    }
}
