package dev.pigou.engine.ledger;

import dev.pigou.engine.ledger.LedgerException.Remedy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Books in a SQLite file, written by one thread in batches. Any thread may {@link #book}; everything about the file
 * belongs to the writer's thread.
 *
 * <p>While the file cannot be written, rows wait, and the log says so. When half the room for them is taken, and when the
 * server stops, they go to a file beside it instead. Only when that fails too, and all room is taken, are rows lost, and
 * counted.
 */
public final class SqliteLedger implements Ledger, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLedger.class);
    /** Rows of a few hundred bytes: some tens of megabytes at worst. */
    private static final int DEFAULT_CAPACITY = 100_000;
    private static final int MAX_BATCH = 1000;
    /** How long the first row of a batch waits for others: at most ten fsyncs a second. */
    private static final long LINGER_MILLIS = 100;

    private final ArrayBlockingQueue<LedgerRow> queue;
    private final LedgerWriter writer;
    private final Thread thread;
    private final AtomicLong lostRows = new AtomicLong();
    private final AtomicLong lostPico = new AtomicLong();
    /** The rows that the writer's thread has taken and not yet written. */
    private final List<LedgerRow> batch = new ArrayList<>();
    private volatile int batchRows;
    private volatile boolean closing;
    private long toldLostRows;

    private SqliteLedger(LedgerWriter writer, int capacity) {
        this.writer = writer;
        queue = new ArrayBlockingQueue<>(capacity);
        thread = Thread.ofPlatform().name("ledger").daemon(true).unstarted(this::run);
    }

    /**
     * Opens the file, or begins it. If it is locked or its disk full, that is logged, and tried again.
     *
     * @throws IllegalArgumentException if there can be no ledger of that name
     */
    public static SqliteLedger open(Path path) {
        return open(path, DEFAULT_CAPACITY, Duration.ofSeconds(2));
    }

    /** @param patience how long to wait for a lock at a time */
    static SqliteLedger open(Path path, int capacity, Duration patience) {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--ledger " + path + ": there is no folder " + folder);
        }
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException("--ledger " + path + ": is a folder; name a file in it");
        }
        var writer = new LedgerWriter(path, patience);
        try {
            writer.open();
        } catch (LedgerException e) {
            if (e.remedy() == Remedy.OPERATOR) {
                throw new IllegalArgumentException("--ledger " + path + ": " + e.getMessage(), e);
            }
            writer.failed(e);
        }
        var ledger = new SqliteLedger(writer, capacity);
        ledger.thread.start();
        return ledger;
    }

    @Override
    public void book(LedgerRow row) {
        if (!queue.offer(row)) {
            lostRows.incrementAndGet();
            lostPico.addAndGet(row.duePico());
        }
    }

    public LedgerSnapshot snapshot() {
        return new LedgerSnapshot(writer.isWritable(), (long) queue.size() + batchRows, writer.writtenRows(),
                lostRows.get(), writer.failures());
    }

    /** Writes what is still to be written, if need be to a file beside; then closes the file. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty() || !batch.isEmpty()) {
                writeNext();
            }
        } catch (InterruptedException e) {
            LOG.error("The ledger's thread was interrupted; {} rows are not written",
                    snapshot().pendingRows(), e);
        } finally {
            writer.close();
        }
    }

    private void writeNext() throws InterruptedException {
        if (batch.isEmpty() && !gather()) {
            return;
        }
        if (writer.write(batch)) {
            done();
            return;
        }
        tellLosses();
        if (closing || queue.remainingCapacity() <= queue.size()) {
            writeBeside();
        } else {
            Thread.sleep(writer.pauseMillis());
        }
    }

    private boolean gather() throws InterruptedException {
        LedgerRow first = queue.poll(closing ? 0 : LINGER_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return false;
        }
        batchRows = 1;
        batch.add(first);
        if (!closing && queue.size() < MAX_BATCH) {
            Thread.sleep(LINGER_MILLIS);
        }
        queue.drainTo(batch, MAX_BATCH - 1);
        batchRows = batch.size();
        return true;
    }

    private void done() {
        batch.clear();
        batchRows = 0;
    }

    private void writeBeside() throws InterruptedException {
        while (!batch.isEmpty() || gather()) {
            if (!writer.writeBeside(batch)) {
                if (closing) {
                    tellAll();
                } else {
                    Thread.sleep(writer.pauseMillis());
                }
                return;
            }
            done();
        }
    }

    /** The last resort: the server stops, and there is no file. The log is a place too. */
    private void tellAll() {
        do {
            batch.forEach(row -> LOG.error("A row that could not be written: {}", row));
            done();
        } while (gatherRest());
    }

    private boolean gatherRest() {
        queue.drainTo(batch, MAX_BATCH);
        return !batch.isEmpty();
    }

    private void tellLosses() {
        long lost = lostRows.get();
        if (lost > toldLostRows) {
            toldLostRows = lost;
            LOG.error("There is no room for more rows: {} are lost, with {} picocredits due", lost,
                    lostPico.get());
        }
    }
}
