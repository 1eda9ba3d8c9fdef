package dev.pigou.bench.served;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a ledger says of one tenant over some time. Amounts are picocredits.
 *
 * @param rows choices that ended
 * @param answered those of them with a whole answer
 * @param duePico what it owes: the three parts, less what was written off
 */
public record LedgerSums(int rows, int answered, int preemptions, long duePico, long prefillPico,
        long decodePico, long kvPico, long writtenOffPico) {
    public static final LedgerSums NOTHING = new LedgerSums(0, 0, 0, 0, 0, 0, 0, 0);

    private static final String QUERY = """
            SELECT tenant, count(*), sum(reason IN ('stop', 'length')), sum(preemptions), sum(due_pico),
                sum(prefill_pico), sum(decode_pico), sum(kv_pico), sum(written_off_pico)
            FROM bill WHERE arrived_ms >= ? AND arrived_ms < ? GROUP BY tenant""";

    /**
     * By tenant, of requests that arrived in this time.
     *
     * @param fromMillis since 1970, inclusive
     * @param toMillis exclusive
     */
    public static Map<String, LedgerSums> read(Path ledger, long fromMillis, long toMillis)
            throws SQLException {
        Map<String, LedgerSums> sums = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setLong(1, fromMillis);
            query.setLong(2, toMillis);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    sums.put(row.getString(1), new LedgerSums(row.getInt(2), row.getInt(3), row.getInt(4),
                            row.getLong(5), row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9)));
                }
            }
        }
        return sums;
    }

    /** Credits that it owes. */
    public double due() { return duePico * 1e-12; }
}
