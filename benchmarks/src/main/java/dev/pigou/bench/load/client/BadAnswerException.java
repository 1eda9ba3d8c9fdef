package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;

/** An answer that cannot be read on. Says why, for people; where in our code it was seen is of no interest. */
final class BadAnswerException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MOST_DETAIL = 300;

    private final Failure.Kind kind;

    BadAnswerException(Failure.Kind kind, String detail) {
        super(oneLine(detail), null, false, false);
        this.kind = kind;
    }

    Failure failure(int httpStatus) { return new Failure(kind, httpStatus, String.valueOf(getMessage())); }

    static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.length() <= MOST_DETAIL ? line : line.substring(0, MOST_DETAIL) + " ...";
    }
}
