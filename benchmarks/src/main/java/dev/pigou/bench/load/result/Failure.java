package dev.pigou.bench.load.result;

/**
 * Why a request brought no whole answer.
 *
 * @param kind what reports count by
 * @param httpStatus of the response, or 0 if there was none
 * @param detail one line for people: the server's own message where it gave one
 */
public record Failure(Kind kind, int httpStatus, String detail) {
    /** In reports in lower case. */
    public enum Kind {
        /** Nobody listens, or the name is not known. */
        NOT_CONNECTED,
        /** The server refused with 429. */
        REFUSED,
        /** Any other status that is not 200. */
        HTTP_ERROR,
        /** Status 200, but neither server-sent events nor JSON. */
        WRONG_CONTENT_TYPE,
        /** Events that are not JSON, or not OpenAI's. */
        MALFORMED_STREAM,
        /** An error object in the middle of a stream. */
        ERROR_EVENT,
        /** The connection ended before the answer did. */
        CONNECTION_LOST,
        /** No answer within the time limit. */
        TIMED_OUT
    }
}
