package dev.pigou.bench.load.stub;

/** What goes wrong with an answer. */
public enum StubFault {
    /** Nothing. */
    NONE,
    /** The connection is closed after half of the tokens. */
    DIES_MID_STREAM,
    /** The connection is closed after the response's headers. */
    CLOSES_AFTER_HEADERS,
    /** After half of the tokens comes an event that is not JSON. */
    MALFORMED_STREAM,
    /** After half of the tokens comes an error, and then the end. */
    ERROR_EVENT,
    /** A page of HTML with status 200. */
    WRONG_CONTENT_TYPE,
    /** Status 429 with {@code Retry-After: 2}. */
    REFUSES,
    /** Status 500 with a message. */
    SERVER_ERROR,
    /** The request is read, and that is all. */
    NEVER_ANSWERS
}
