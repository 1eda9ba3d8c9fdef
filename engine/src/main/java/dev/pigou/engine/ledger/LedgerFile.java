package dev.pigou.engine.ledger;

import dev.pigou.engine.ledger.LedgerException.Remedy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * An open ledger file. Used by one thread at a time.
 *
 * <p>It is in WAL mode, so that whoever reads it does not hold up the writer, nor the other way round, and a process
 * that is killed leaves whole transactions or nothing of them. {@code synchronous} is FULL: each commit waits until the
 * log is on the disk. NORMAL would do for a killed process, and loses the last seconds' bills when the machine loses
 * power. What FULL costs is one fsync for each batch, not for each row, on a thread nobody waits for.
 */
final class LedgerFile implements AutoCloseable {
    private final Path path;
    private final Connection connection;
    private final PreparedStatement insert;
    /** Which file of that name it is, where the file system tells. */
    private final @Nullable Object identity;

    private LedgerFile(Path path, Connection connection, PreparedStatement insert,
            @Nullable Object identity) {
        this.path = path;
        this.connection = connection;
        this.insert = insert;
        this.identity = identity;
    }

    /**
     * Opens a ledger, or begins one.
     *
     * @param patience how long to wait for a lock, here and in {@link #append}
     */
    static LedgerFile open(Path path, Duration patience) throws LedgerException {
        var config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(patience.toMillis()));
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        try {
            return opened(path, config.createConnection("jdbc:sqlite:" + path.toAbsolutePath()));
        } catch (SQLException e) {
            throw LedgerException.of(e);
        }
    }

    private static LedgerFile opened(Path path, Connection connection) throws SQLException, LedgerException {
        try {
            requireSound(connection);
            LedgerSchema.prepare(connection);
            return new LedgerFile(path, connection, LedgerSchema.insert(connection), identity(path));
        } catch (SQLException | LedgerException | RuntimeException e) {
            closeQuietly(connection, e);
            throw e;
        }
    }

    /** Better found now than by whoever adds up the bills. */
    private static void requireSound(Connection connection) throws SQLException, LedgerException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
            if (found.next() && !found.getString(1).equals("ok")) {
                throw new LedgerException(Remedy.SET_ASIDE,
                        "is corrupt: " + found.getString(1).replace('\n', ' '));
            }
        }
    }

    /**
     * Writes all rows or none, and returns once they would survive a loss of power. Rows that are there already stay as
     * they are.
     */
    void append(List<LedgerRow> rows) throws LedgerException {
        try {
            // Not the driver's transactions: it begins the next as soon as one ends, and so would keep a lock.
            execute("BEGIN IMMEDIATE");
            for (LedgerRow row : rows) {
                LedgerSchema.fill(insert, row);
                insert.addBatch();
            }
            insert.executeBatch();
            execute("COMMIT");
        } catch (SQLException e) {
            rollBack(e);
            throw LedgerException.of(e);
        }
    }

    /** False if the file was deleted or replaced: what is written then is lost when it is closed. */
    boolean isInPlace() {
        return Files.exists(path) && Objects.equals(identity, identity(path));
    }

    /** Makes the file as full as a disk can make it. For tests. */
    void limitPages(int pages) throws SQLException {
        execute("PRAGMA max_page_count = " + pages);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static @Nullable Object identity(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException _) {
            return null;
        }
    }

    private void rollBack(SQLException because) {
        try {
            insert.clearBatch();
            execute("ROLLBACK");
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public void close() throws SQLException { connection.close(); }

    private static void closeQuietly(Connection connection, Exception because) {
        try {
            connection.close();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }
}
