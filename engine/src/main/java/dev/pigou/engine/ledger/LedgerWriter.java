package dev.pigou.engine.ledger;

import dev.pigou.engine.ledger.LedgerException.Remedy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a ledger file whatever becomes of it: opens it again, sets a corrupt one aside, begins one that vanished
 * anew. Used by one thread at a time; only the figures may be read by others.
 */
final class LedgerWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5000;
    private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Path path;
    private final Path beside;
    private final Duration patience;
    private @Nullable LedgerFile file;
    private long toldNanos;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private volatile boolean writable = true;
    private volatile long writtenRows;
    private volatile long failures;

    LedgerWriter(Path path, Duration patience) {
        this.path = path;
        this.patience = patience;
        beside = sibling(".unwritten-" + now());
    }

    boolean isWritable() { return writable; }

    long writtenRows() { return writtenRows; }

    long failures() { return failures; }

    /** How long to wait before trying again; longer each time. */
    long pauseMillis() { return pauseMillis; }

    /** Opens the file if it is not open. A corrupt one is set aside. */
    LedgerFile open() throws LedgerException {
        if (file == null) {
            try {
                file = LedgerFile.open(path, patience);
            } catch (LedgerException e) {
                if (e.remedy() != Remedy.SET_ASIDE) {
                    throw e;
                }
                setAside(e);
                file = LedgerFile.open(path, patience);
            }
        }
        return file;
    }

    /** True once all rows are on the disk, in the file of that name. */
    boolean write(List<LedgerRow> rows) {
        try {
            if (file != null && !file.isInPlace()) {
                vanished();
            }
            append(rows);
            if (!open().isInPlace()) {
                vanished();
                append(rows);
            }
        } catch (LedgerException e) {
            failed(e);
            return false;
        }
        written(rows);
        return true;
    }

    private void append(List<LedgerRow> rows) throws LedgerException {
        try {
            open().append(rows);
        } catch (LedgerException e) {
            if (e.remedy() != Remedy.SET_ASIDE) {
                throw e;
            }
            close();
            setAside(e);
            open().append(rows);
        }
    }

    /** Writes to another file, for as long as this one cannot be had. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    boolean writeBeside(List<LedgerRow> rows) {
        try (LedgerFile other = LedgerFile.open(beside, patience)) {
            other.append(rows);
            writtenRows += rows.size();
            LOG.error("{} rows of the ledger went to {}, as {} cannot be written", rows.size(), beside, path);
            return true;
        } catch (LedgerException | SQLException e) {
            LOG.error("Nor can the ledger be written to {}", beside, e);
            return false;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void written(List<LedgerRow> rows) {
        pauseMillis = FIRST_PAUSE_MILLIS;
        if (!writable) {
            LOG.warn("The ledger {} is written again", path);
            writable = true;
        }
        writtenRows += rows.size();
    }

    /** Says so in the log, now and then. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void failed(LedgerException failure) {
        long nowNanos = System.nanoTime();
        if (writable || nowNanos - toldNanos >= TELL_AGAIN_NANOS) {
            toldNanos = nowNanos;
            LOG.error("The ledger {} {}. Rows wait in memory, and writing is tried again", path,
                    failure.getMessage());
        }
        writable = false;
        failures++;
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        close(); // what comes next may be another file
    }

    private void vanished() {
        LOG.error("The ledger {} was deleted or replaced while it was written; a new one is begun", path);
        close();
    }

    private void setAside(LedgerException because) throws LedgerException {
        String suffix = ".corrupt-" + now();
        LOG.error("The ledger {} {}. It is kept as {}, and a new one is begun", path, because.getMessage(),
                sibling(suffix));
        try {
            Files.move(path, sibling(suffix));
            // What was committed last may be in the log only.
            moveIfThere(sibling("-wal"), sibling(suffix + "-wal"));
            Files.deleteIfExists(sibling("-shm"));
        } catch (IOException e) {
            throw new LedgerException(Remedy.RETRY, "is corrupt, and cannot be moved: " + e);
        }
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to);
        }
    }

    private Path sibling(String suffix) { return path.resolveSibling(path.getFileName() + suffix); }

    private static String now() { return LocalDateTime.now(ZoneId.systemDefault()).format(STAMP); }

    /** The next write opens it again. */
    void close() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (SQLException e) {
            LOG.warn("The ledger {} did not close cleanly", path, e);
        }
        file = null;
    }
}
