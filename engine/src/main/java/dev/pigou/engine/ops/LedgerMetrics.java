package dev.pigou.engine.ops;

import dev.pigou.engine.ledger.LedgerSnapshot;

/** How the books are doing, read when somebody scrapes. */
final class LedgerMetrics {
    private LedgerMetrics() {}

    static void expose(SnapshotMetrics<LedgerSnapshot> ledger) {
        ledger.gauge("pigou:ledger_writable", "1, or 0 if the latest attempt to write the ledger failed.",
                s -> s.writable() ? 1 : 0);
        ledger.gauge("pigou:ledger_pending_rows", "Rows booked and not yet on the disk.",
                LedgerSnapshot::pendingRows);
        ledger.total("pigou:ledger_written_rows", "Rows on the disk.", LedgerSnapshot::writtenRows);
        ledger.total("pigou:ledger_lost_rows",
                "Rows for which there was no room while the ledger was not writable.",
                LedgerSnapshot::lostRows);
        ledger.total("pigou:ledger_failures", "Attempts to write the ledger that failed.",
                LedgerSnapshot::failures);
    }
}
