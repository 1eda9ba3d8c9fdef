package dev.pigou.engine.text.jinja;

/** The template is not in the subset of Jinja that is understood here; thrown when it is compiled. */
public final class TemplateSyntaxException extends TemplateException {
    private static final long serialVersionUID = 1L;

    private final int line;

    TemplateSyntaxException(String problem, int line) {
        super("line " + line + ": " + problem);
        this.line = line;
    }

    /** Line of the template source, counted from 1. */
    public int line() { return line; }
}
