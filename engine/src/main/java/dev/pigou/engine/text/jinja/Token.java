package dev.pigou.engine.text.jinja;

/**
 * A piece of a template.
 *
 * @param text what was written; for strings and numbers the literal's value in the lexer's notation
 */
record Token(Kind kind, String text, int line) {
    enum Kind {
        DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END
    }

    boolean is(Kind wanted) { return kind == wanted; }

    boolean isOperator(String operator) { return kind == Kind.OPERATOR && text.equals(operator); }

    boolean isName(String name) { return kind == Kind.NAME && text.equals(name); }

    /** How an error message calls it. */
    String describe() {
        return switch (kind) {
            case END -> "end of template";
            case DATA -> "text";
            case VARIABLE_BEGIN -> "'{{'";
            case VARIABLE_END -> "'}}'";
            case BLOCK_BEGIN -> "'{%'";
            case BLOCK_END -> "'%}'";
            case NAME, STRING, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
