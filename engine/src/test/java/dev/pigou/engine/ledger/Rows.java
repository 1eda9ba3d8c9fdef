package dev.pigou.engine.ledger;

import dev.pigou.engine.Bill;
import dev.pigou.engine.Ending;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.Tenant;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows whose every column follows from a number, and a look into the file with plain SQL. */
final class Rows {
    private Rows() {}

    static LedgerRow row(int n) {
        return new LedgerRow("cmpl-" + n, n % 3, 1000L + n, 2000L + n, n % 2 == 0 ? "alice" : "bob", "llama",
                "stop", null, "flex", "default", n, n / 2, n + 1, n % 5, 7L * n, 1_000_000L * n, 11L * n,
                13L * n, 17L * n, n, 19L * n, 0, 23L * n);
    }

    /** A lease as it stands after so much rent, of which its tenant will not pay so much. */
    static LedgerRow lease(int n, long rentPico, long writtenOffPico) {
        return new LedgerRow("cmpl-" + n + "-lease", 0, 1000L + n, 2000L + rentPico, "alice", "llama",
                LedgerRow.LEASE, null, "auto", "default", 64, 0, 0, 0, 0, 0, 0, 0, rentPico, writtenOffPico,
                0, 0, 0);
    }

    static List<LedgerRow> rows(int from, int to) {
        List<LedgerRow> rows = new ArrayList<>();
        for (int n = from; n < to; n++) {
            rows.add(row(n));
        }
        return rows;
    }

    /** Numbers of the rows that are there, in order; fails if one is not as it was booked. */
    static List<Integer> found(Path file) {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT * FROM request WHERE reason <> 'lease' ORDER BY prompt_tokens")) {
            List<Integer> numbers = new ArrayList<>();
            while (result.next()) {
                LedgerRow read = read(result);
                if (!read.equals(row(read.promptTokens()))) {
                    throw new AssertionError("not as it was booked: " + read);
                }
                numbers.add(read.promptTokens());
            }
            return numbers;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static LedgerRow read(ResultSet from) throws SQLException {
        return new LedgerRow(from.getString("request_id"), from.getInt("choice"), from.getLong("arrived_ms"),
                from.getLong("ended_ms"), from.getString("tenant"), from.getString("model"),
                from.getString("reason"), from.getString("refusal"), from.getString("tier_asked"),
                from.getString("tier_given"), from.getInt("prompt_tokens"), from.getInt("cached_tokens"),
                from.getInt("output_tokens"), from.getInt("preemptions"), from.getLong("delay_ns"),
                from.getLong("value_pico"), from.getLong("prefill_pico"), from.getLong("decode_pico"),
                from.getLong("kv_pico"), from.getLong("written_off_pico"), from.getLong("latency_pico"),
                from.getLong("risk_pico"), from.getLong("regret_pico"));
    }

    /** The first column of a query's only row. */
    static String ask(Path file, String query) {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getString(1) : "nothing";
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** A choice that was worth 2 credits at once, and 1.5 when it ended. */
    static Ending ending(FinishReason reason, Bill bill, @Nullable Refusal refusal) {
        return ending(reason, bill, refusal, 1.5);
    }

    static Ending ending(FinishReason reason, Bill bill, @Nullable Refusal refusal, double worth) {
        var bid = new Bid(new Tenant(3, "carol", 1), 2, 0.25, 5, Bid.NO_DEADLINE, 0);
        return new Ending(reason, bid, 4, 9, 1, 2, worth, bill, bill.duePico(), refusal, null, null);
    }
}
