package dev.pigou.engine.ledger;

/**
 * How the books are doing.
 *
 * @param writable false if the latest attempt to write failed
 * @param pendingRows booked and not yet on the disk
 * @param writtenRows on the disk, in the order in which they were booked
 * @param lostRows for which there was no room while the file could not be written
 * @param failures attempts to write that failed
 */
public record LedgerSnapshot(boolean writable, long pendingRows, long writtenRows, long lostRows,
        long failures) {}
