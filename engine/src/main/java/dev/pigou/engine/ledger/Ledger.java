package dev.pigou.engine.ledger;

/** Where ended choices are booked. */
@FunctionalInterface
public interface Ledger {
    /** Keeps no books. */
    Ledger NONE = row -> {};

    /** Books a row, some time soon. Called on the engine thread, so it returns at once and does not throw. */
    void book(LedgerRow row);
}
