package dev.pigou.engine.text.jinja;

import java.util.List;

/** The tokens of a template, read one at a time. Both parsers share one. */
final class TokenStream {
    /** Deepest nesting of tags or brackets; far beyond real templates, and well within a thread's stack. */
    private static final int MAX_DEPTH = 100;

    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenStream(List<Token> tokens) { this.tokens = tokens; }

    Token current() { return tokens.get(next); }

    Token lookAhead() { return tokens.get(Math.min(next + 1, tokens.size() - 1)); }

    int line() { return current().line(); }

    /** The current token, left behind; the last is never left. */
    Token take() {
        Token token = current();
        if (!token.is(Token.Kind.END)) {
            next++;
        }
        return token;
    }

    boolean skipOperator(String operator) {
        if (current().isOperator(operator)) {
            take();
            return true;
        }
        return false;
    }

    boolean skipName(String name) {
        if (current().isName(name)) {
            take();
            return true;
        }
        return false;
    }

    Token expect(Token.Kind kind, String what) {
        if (!current().is(kind)) {
            throw error("expected " + what + ", found " + current().describe());
        }
        return take();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw error("expected '" + operator + "', found " + current().describe());
        }
    }

    String expectIdentifier() { return expect(Token.Kind.NAME, "a name").text(); }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("nested more than " + MAX_DEPTH + " deep");
        }
    }

    void leave() { depth--; }

    TemplateSyntaxException error(String problem) { return new TemplateSyntaxException(problem, line()); }
}
