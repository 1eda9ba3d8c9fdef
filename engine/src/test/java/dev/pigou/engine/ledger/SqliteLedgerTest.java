package dev.pigou.engine.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SqliteLedgerTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    private Path folder = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() { file = folder.resolve("ledger.db"); }

    private SqliteLedger open() { return SqliteLedger.open(file, 1000, Duration.ofMillis(20)); }

    private static void book(SqliteLedger ledger, int from, int to) {
        Rows.rows(from, to).forEach(ledger::book);
    }

    private static List<Integer> numbers(int to) { return IntStream.range(0, to).boxed().toList(); }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain for: " + what).isLessThan(deadline);
            Thread.sleep(2);
        }
    }

    private static void awaitWritten(SqliteLedger ledger, long rows) throws InterruptedException {
        await(rows + " rows written", () -> ledger.snapshot().writtenRows() == rows);
    }

    private void execute(String... statements) {
        try (Connection connection = Rows.connect(file); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private List<Path> siblings(String infix) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all
                    .filter(path -> path.getFileName().toString().startsWith("ledger.db." + infix)
                            && !path.toString().endsWith("-wal") && !path.toString().endsWith("-shm"))
                    .toList();
        }
    }

    @Test
    void whatIsBookedIsThereOnceHoweverOftenItIsBooked() {
        try (SqliteLedger ledger = open()) {
            book(ledger, 0, 40);
            book(ledger, 20, 50);
        }
        try (SqliteLedger ledger = open()) {
            book(ledger, 45, 60);
        }
        assertThat(Rows.found(file)).isEqualTo(numbers(60));
        assertThat(Rows.ask(file, "PRAGMA user_version")).isEqualTo("" + LedgerSchema.VERSION);
        assertThat(Rows.ask(file, "SELECT sum(due_pico) FROM bill"))
                .isEqualTo("" + Rows.rows(0, 60).stream().mapToLong(LedgerRow::duePico).sum());
        assertThat(Rows.ask(file, "SELECT sum(surplus_pico) FROM bill"))
                .isEqualTo("" + Rows.rows(0, 60).stream().mapToLong(LedgerRow::surplusPico).sum());
    }

    @Test
    void aLeaseHasOneRowWithAllItsRentHoweverOftenItIsBooked() throws LedgerException, SQLException {
        try (LedgerFile ledger = LedgerFile.open(file, Duration.ofMillis(20))) {
            ledger.append(List.of(Rows.lease(1, 100, 0), Rows.row(1), Rows.lease(1, 250, 0)));
            ledger.append(List.of(Rows.lease(1, 250, 0), Rows.lease(2, 7, 0)));
            assertThat(Rows.ask(file, "SELECT sum(due_pico) FROM bill WHERE reason = 'lease'"))
                    .isEqualTo("257");
            ledger.append(List.of(Rows.lease(1, 300, 20)));
            ledger.append(List.of(Rows.lease(1, 250, 0)));
        }
        assertThat(Rows.ask(file,
                "SELECT kv_pico || ' ' || written_off_pico || ' ' || ended_ms FROM request "
                        + "WHERE request_id = 'cmpl-1-lease'"))
                .as("the last is the whole").isEqualTo("300 20 2300");
        assertThat(Rows.ask(file, "SELECT count(*) FROM request WHERE reason = 'lease'")).isEqualTo("2");
        assertThat(Rows.found(file)).containsExactly(1);
    }

    /** As the documentation says how. */
    @Test
    void rowsBesideTheFileArePutIntoItOnce() throws LedgerException, SQLException {
        Path beside = folder.resolve("beside.db");
        try (LedgerFile ledger = LedgerFile.open(file, Duration.ofMillis(20));
                LedgerFile other = LedgerFile.open(beside, Duration.ofMillis(20))) {
            ledger.append(List.of(Rows.row(0), Rows.lease(1, 100, 0), Rows.lease(2, 9, 0)));
            other.append(List.of(Rows.row(0), Rows.row(1), Rows.lease(1, 250, 0), Rows.lease(2, 8, 0)));
        }
        for (int times = 0; times < 2; times++) {
            execute("ATTACH '" + beside + "' AS other",
                    "INSERT INTO request SELECT * FROM other.request WHERE true "
                            + "ON CONFLICT (request_id, choice) DO UPDATE SET ended_ms = excluded.ended_ms, "
                            + "kv_pico = excluded.kv_pico, written_off_pico = excluded.written_off_pico "
                            + "WHERE reason = 'lease' AND excluded.kv_pico >= kv_pico");
        }
        assertThat(Rows.found(file)).containsExactly(0, 1);
        assertThat(Rows.ask(file, "SELECT sum(kv_pico) FROM request WHERE reason = 'lease'"))
                .isEqualTo("259");
    }

    @Test
    void aLockedFileIsWrittenOnceTheLockIsGone() throws SQLException, InterruptedException {
        try (SqliteLedger ledger = open()) {
            book(ledger, 0, 10);
            awaitWritten(ledger, 10);
            try (Connection other = Rows.connect(file); Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                book(ledger, 10, 30);
                await("a failure", () -> !ledger.snapshot().writable());
                assertThat(ledger.snapshot().pendingRows()).isEqualTo(20);
                statement.execute("COMMIT");
            }
            awaitWritten(ledger, 30);
            assertThat(ledger.snapshot().writable()).isTrue();
            assertThat(ledger.snapshot().lostRows()).isZero();
        }
        assertThat(Rows.found(file)).isEqualTo(numbers(30));
    }

    @Test
    void aFileThatIsLockedFromTheStartKeepsNothingFromStarting() throws SQLException, InterruptedException {
        open().close();
        try (Connection other = Rows.connect(file); Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            try (SqliteLedger ledger = open()) {
                book(ledger, 0, 5);
                await("a failure", () -> !ledger.snapshot().writable());
                statement.execute("COMMIT");
                awaitWritten(ledger, 5);
            }
        }
        assertThat(Rows.found(file)).isEqualTo(numbers(5));
    }

    @Test
    void rowsOfAServerThatStopsGoBesideAFileThatStaysLocked() throws SQLException, IOException {
        open().close();
        try (Connection other = Rows.connect(file); Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            try (SqliteLedger ledger = open()) {
                book(ledger, 0, 40);
            }
            assertThat(siblings("unwritten-")).hasSize(1);
            assertThat(Rows.found(siblings("unwritten-").getFirst())).isEqualTo(numbers(40));
        }
    }

    @Test
    void rowsForWhichThereIsLittleRoomGoBesideTheFileWhileItIsLocked()
            throws SQLException, IOException, InterruptedException {
        try (SqliteLedger ledger = open();
                Connection other = Rows.connect(file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            book(ledger, 0, 10);
            await("a failure", () -> !ledger.snapshot().writable());
            book(ledger, 10, 700);
            awaitWritten(ledger, 700);
            assertThat(ledger.snapshot().lostRows()).isZero();
            assertThat(Rows.found(siblings("unwritten-").getFirst())).isEqualTo(numbers(700));
        }
    }

    @Test
    void rowsBeyondAllRoomAreCounted() throws SQLException, InterruptedException {
        try (SqliteLedger ledger = open();
                Connection other = Rows.connect(file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            book(ledger, 0, 5000);
            assertThat(ledger.snapshot().lostRows()).isPositive();
            statement.execute("COMMIT");
            await("the rest", () -> ledger.snapshot().pendingRows() == 0);
            assertThat(ledger.snapshot().writtenRows() + ledger.snapshot().lostRows()).isEqualTo(5000);
        }
    }

    /** SQLite's own limit, which gives the same error as a full disk. */
    @Test
    void aFullFileIsWrittenOnceThereIsRoom() throws LedgerException, SQLException {
        try (LedgerFile ledger = LedgerFile.open(file, Duration.ofMillis(20))) {
            ledger.append(Rows.rows(0, 10));
            ledger.limitPages(8);
            assertThatThrownBy(() -> ledger.append(Rows.rows(10, 2000))).hasMessageContaining("full");
            assertThat(Rows.found(file)).as("none of them").isEqualTo(numbers(10));
            ledger.limitPages(1000);
            ledger.append(Rows.rows(10, 2000));
        }
        assertThat(Rows.found(file)).isEqualTo(numbers(2000));
    }

    @Test
    void aFileThatIsNoDatabaseIsSetAsideAtTheStart() throws IOException {
        String scribble = "Dear ledger, ".repeat(1000);
        Files.writeString(file, scribble);
        try (SqliteLedger ledger = open()) {
            book(ledger, 0, 5);
        }
        assertThat(Rows.found(file)).isEqualTo(numbers(5));
        assertThat(siblings("corrupt-")).hasSize(1).first()
                .satisfies(path -> assertThat(path).hasContent(scribble));
    }

    @Test
    void aFileThatIsCorruptedWhileNobodyLooksIsSetAsideAtTheStart() throws IOException {
        try (SqliteLedger ledger = open()) {
            book(ledger, 0, 500);
        }
        overwritePages();
        try (SqliteLedger ledger = open()) {
            book(ledger, 500, 600);
        }
        assertThat(siblings("corrupt-")).hasSize(1);
        assertThat(Rows.found(file)).hasSize(100).first().isEqualTo(500);
    }

    /** So many rows that not all of the file is in SQLite's memory. */
    @Test
    void aFileThatIsCorruptedWhileItIsWrittenIsSetAside() throws IOException {
        var writer = new LedgerWriter(file, Duration.ofMillis(20));
        assertThat(writer.write(Rows.rows(0, 30_000))).isTrue();
        execute("PRAGMA wal_checkpoint(TRUNCATE)");
        overwritePages();
        assertThat(writer.write(Rows.rows(30_000, 35_000))).isTrue();
        writer.close();
        assertThat(siblings("corrupt-")).hasSize(1);
        assertThat(Rows.found(file)).hasSize(5000).first().isEqualTo(30_000);
        assertThat(Rows.ask(file, "PRAGMA integrity_check")).isEqualTo("ok");
    }

    /** All but the first page, which says that it is a database. */
    private void overwritePages() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 4096; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Files.write(file, bytes);
    }

    @Test
    void aFileThatVanishesIsBegunAnew() throws IOException, InterruptedException {
        try (SqliteLedger ledger = open()) {
            book(ledger, 0, 10);
            awaitWritten(ledger, 10);
            Files.delete(file);
            book(ledger, 10, 20);
            awaitWritten(ledger, 20);
        }
        assertThat(Rows.found(file)).isEqualTo(IntStream.range(10, 20).boxed().toList());
    }

    @Test
    void aFileThatCannotBeALedgerIsRefusedAtTheStart() throws IOException {
        execute("CREATE TABLE recipes (name TEXT)");
        assertThatThrownBy(this::open).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--ledger", file.toString(), "no ledger");
        assertThat(Rows.ask(file, "SELECT count(*) FROM sqlite_schema")).as("untouched").isEqualTo("1");
        file = folder.resolve("later.db");
        open().close();
        execute("PRAGMA user_version = 99");
        assertThatThrownBy(this::open).hasMessageContainingAll("version 99", "another file");
        file = folder.resolve("no").resolve("such.db");
        assertThatThrownBy(this::open).hasMessageContainingAll("--ledger", "no folder");
        file = Files.createDirectory(folder.resolve("directory"));
        assertThatThrownBy(this::open).hasMessageContainingAll("--ledger", "is a folder");
    }
}
