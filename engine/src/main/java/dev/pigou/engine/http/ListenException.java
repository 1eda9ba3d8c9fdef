package dev.pigou.engine.http;

/** The server cannot listen where it was told to; the message is one line that says why and what to do. */
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ListenException(String message, Throwable cause) { super(message, cause); }

    static ListenException of(HttpConfig config, Throwable cause) {
        String where = "Cannot listen on " + config.host() + ":" + config.port() + ": ";
        String why = String.valueOf(cause.getMessage());
        if (why.contains("in use")) {
            return new ListenException(
                    where + "the port is taken. Stop what uses it, or choose another with --port.", cause);
        }
        if (why.contains("denied")) {
            return new ListenException(where + "not allowed. Choose a port above 1023 with --port.", cause);
        }
        return new ListenException(where + why + ". Check --host.", cause);
    }
}
