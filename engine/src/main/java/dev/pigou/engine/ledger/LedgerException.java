package dev.pigou.engine.ledger;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** The file cannot be written now. Its message goes on from the file's name. */
final class LedgerException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int PRIMARY_CODE = 0xFF;

    /** What can be done about it. */
    enum Remedy {
        /** Trying again: the file is locked, or its disk full. */
        RETRY,
        /** A new file: what is in this one can no longer be read. */
        SET_ASIDE,
        /** The operator's: another file, or other permissions. */
        OPERATOR
    }

    private final Remedy remedy;

    LedgerException(Remedy remedy, String message) {
        super(message);
        this.remedy = remedy;
    }

    private LedgerException(Remedy remedy, String message, SQLException cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    static LedgerException of(SQLException failure) {
        return switch (SQLiteErrorCode.getErrorCode(failure.getErrorCode() & PRIMARY_CODE)) {
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                new LedgerException(Remedy.SET_ASIDE, "is corrupt", failure);
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_READONLY ->
                new LedgerException(Remedy.OPERATOR, "cannot be opened for writing", failure);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new LedgerException(Remedy.RETRY, "is locked by another program", failure);
            case SQLITE_FULL -> new LedgerException(Remedy.RETRY, "cannot grow: the disk is full", failure);
            default ->
                new LedgerException(Remedy.RETRY, "could not be written: " + failure.getMessage(), failure);
        };
    }

    Remedy remedy() { return remedy; }
}
