package dev.pigou.engine.text.jinja;

/** A template could not be compiled or rendered. The message is one a client may read. */
public class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure with its whole message. */
    public TemplateException(String message) { super(message); }

    /** What the template itself raised with {@code raise_exception}; its words reach the client unchanged. */
    static final class Raised extends TemplateException {
        private static final long serialVersionUID = 1L;

        Raised(String message) { super(message); }
    }
}
