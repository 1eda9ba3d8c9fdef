package dev.pigou.engine.ledger;

import dev.pigou.engine.ledger.LedgerException.Remedy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The tables of a ledger file, and how a row gets into them. {@code user_version} numbers the schema. */
final class LedgerSchema {
    static final int VERSION = 1;
    /** "Pigo": says that a database is a ledger, so that nobody else's is written to. */
    private static final int APPLICATION_ID = 0x5069_676F;

    private static final String TABLE = """
            CREATE TABLE request (
                request_id TEXT NOT NULL,
                choice INTEGER NOT NULL,
                arrived_ms INTEGER NOT NULL,
                ended_ms INTEGER NOT NULL,
                tenant TEXT NOT NULL,
                model TEXT NOT NULL,
                reason TEXT NOT NULL,
                refusal TEXT,
                tier_asked TEXT NOT NULL,
                tier_given TEXT NOT NULL,
                prompt_tokens INTEGER NOT NULL,
                cached_tokens INTEGER NOT NULL,
                output_tokens INTEGER NOT NULL,
                preemptions INTEGER NOT NULL,
                delay_ns INTEGER NOT NULL,
                value_pico INTEGER NOT NULL,
                prefill_pico INTEGER NOT NULL,
                decode_pico INTEGER NOT NULL,
                kv_pico INTEGER NOT NULL,
                written_off_pico INTEGER NOT NULL,
                latency_pico INTEGER NOT NULL,
                risk_pico INTEGER NOT NULL,
                regret_pico INTEGER NOT NULL,
                PRIMARY KEY (request_id, choice)
            ) STRICT""";
    private static final String INDEX = "CREATE INDEX request_of_tenant ON request (tenant, ended_ms)";
    /** What can be computed from a row is not kept in it, so that it cannot be wrong. */
    private static final String VIEW = """
            CREATE VIEW bill AS
            SELECT *, due_pico, value_pico - due_pico - latency_pico - risk_pico AS surplus_pico
            FROM (SELECT *, prefill_pico + decode_pico + kv_pico - written_off_pico AS due_pico FROM request)""";
    /** A row is booked once. That of a lease holds all its rent so far, which only grows, so the larger one stands. */
    private static final String INSERT = """
            INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (request_id, choice) DO UPDATE SET
                ended_ms = excluded.ended_ms, kv_pico = excluded.kv_pico, written_off_pico = excluded.written_off_pico
            WHERE reason = 'lease' AND excluded.reason = 'lease' AND excluded.kv_pico >= kv_pico""";

    private LedgerSchema() {}

    /**
     * Makes the tables of an empty database, in one transaction.
     *
     * @throws LedgerException if it is somebody else's, or a later version's
     */
    static void prepare(Connection connection) throws SQLException, LedgerException {
        try (Statement statement = connection.createStatement()) {
            if (number(statement, "SELECT count(*) FROM sqlite_schema") == 0) {
                create(statement);
                return;
            }
            if (number(statement, "PRAGMA application_id") != APPLICATION_ID) {
                throw new LedgerException(Remedy.OPERATOR,
                        "is a database, but no ledger; name a file that is not there yet");
            }
            long version = number(statement, "PRAGMA user_version");
            if (version != VERSION) {
                throw new LedgerException(Remedy.OPERATOR, "has the schema of version " + version
                        + ", but this server writes version " + VERSION + "; name another file");
            }
        }
    }

    private static void create(Statement statement) throws SQLException {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute(TABLE);
        statement.execute(INDEX);
        statement.execute(VIEW);
        statement.execute("PRAGMA application_id = " + APPLICATION_ID);
        statement.execute("PRAGMA user_version = " + VERSION);
        statement.execute("COMMIT");
    }

    static PreparedStatement insert(Connection connection) throws SQLException {
        return connection.prepareStatement(INSERT);
    }

    static void fill(PreparedStatement insert, LedgerRow row) throws SQLException {
        int at = text(insert, 1, row.requestId());
        at = numbers(insert, at, row.choice(), row.arrivedMillis(), row.endedMillis());
        at = text(insert, at, row.tenant(), row.model(), row.reason(), row.refusal(), row.tierAsked(),
                row.tierGiven());
        at = numbers(insert, at, row.promptTokens(), row.cachedTokens(), row.outputTokens(),
                row.preemptions(), row.delayNanos());
        numbers(insert, at, row.valuePico(), row.prefillPico(), row.decodePico(), row.kvPico(),
                row.writtenOffPico(), row.latencyPico(), row.riskPico(), row.regretPico());
    }

    private static int text(PreparedStatement insert, int from, @Nullable String... values)
            throws SQLException {
        int at = from;
        for (String value : values) {
            if (value == null) {
                insert.setNull(at++, Types.VARCHAR);
            } else {
                insert.setString(at++, value);
            }
        }
        return at;
    }

    private static int numbers(PreparedStatement insert, int from, long... values) throws SQLException {
        int at = from;
        for (long value : values) {
            insert.setLong(at++, value);
        }
        return at;
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }
}
