package dev.pigou.engine.text.jinja;

/**
 * The value of a name or attribute that is not there: prints as nothing, is false and empty, and refuses to be used
 * otherwise.
 *
 * @param reason what a failed use says, {@code 'x' is undefined}
 */
record Undefined(String reason) {
    static Undefined name(String name) { return new Undefined("'" + name + "' is undefined"); }

    TemplateException misused() { return new TemplateException(reason); }

    /** Python holds any two of them for equal. */
    @Override
    public boolean equals(Object other) { return other instanceof Undefined; }

    @Override
    public int hashCode() { return 0; }
}
