package dev.pigou.engine.text.jinja;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Cuts the inside of one tag into names, literals and operators. */
final class TagLexer {
    /** Longer ones first: the first that fits is taken. */
    private static final String[] OPERATORS = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%",
            "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"};

    private final String source;
    private final String close;
    private final List<Token> tokens;
    private final Deque<Character> brackets = new ArrayDeque<>();
    private int position;
    private int line;

    TagLexer(String source, String close, List<Token> tokens) {
        this.source = source;
        this.close = close;
        this.tokens = tokens;
    }

    /** Scans to the tag's end and returns where its closing mark, sign included, begins. */
    int scan(int from, int firstLine) {
        position = from;
        line = firstLine;
        while (position < source.length()) {
            char c = source.charAt(position);
            if (brackets.isEmpty() && atClose(c)) {
                return position;
            }
            if (Characters.isSpace(c)) {
                line += c == '\n' ? 1 : 0;
                position++;
            } else if (c == '"' || c == '\'') {
                scanString(c);
            } else if (c >= '0' && c <= '9') {
                scanNumber();
            } else if (c == '_' || Character.isUnicodeIdentifierStart(c)) {
                scanName();
            } else {
                scanOperator();
            }
        }
        throw error("the tag has no end '" + close + "'");
    }

    private boolean atClose(char c) {
        boolean signed = c == '-' || (c == '+' && close.equals("%}"));
        return source.startsWith(close, signed ? position + 1 : position);
    }

    private void scanName() {
        int from = position;
        while (position < source.length() && Character.isUnicodeIdentifierPart(source.charAt(position))) {
            position++;
        }
        add(Token.Kind.NAME, source.substring(from, position));
    }

    private void scanNumber() {
        int from = position;
        String prefix = source.substring(from, Math.min(source.length(), from + 2)).toLowerCase(Locale.ROOT);
        if (prefix.equals("0x") || prefix.equals("0b") || prefix.equals("0o")) {
            position += 2;
            digits(prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : 2);
            if (position == from + 2) {
                throw error("a number has no digits");
            }
            add(Token.Kind.INTEGER, source.substring(from, position).replace("_", ""));
            return;
        }
        digits(10);
        boolean real = fraction();
        real |= exponent();
        add(real ? Token.Kind.FLOAT : Token.Kind.INTEGER, source.substring(from, position).replace("_", ""));
    }

    private void digits(int radix) {
        while (position < source.length()
                && (Character.digit(source.charAt(position), radix) >= 0 || source.charAt(position) == '_')) {
            position++;
        }
    }

    private boolean fraction() {
        if (position + 1 < source.length() && source.charAt(position) == '.' && isDigit(position + 1)) {
            position++;
            digits(10);
            return true;
        }
        return false;
    }

    private boolean exponent() {
        if (position >= source.length() || (source.charAt(position) | 0x20) != 'e') {
            return false;
        }
        int digits = position + 1;
        if (digits < source.length() && (source.charAt(digits) == '+' || source.charAt(digits) == '-')) {
            digits++;
        }
        if (!isDigit(digits)) {
            return false;
        }
        position = digits;
        digits(10);
        return true;
    }

    private boolean isDigit(int index) {
        return index < source.length() && source.charAt(index) >= '0' && source.charAt(index) <= '9';
    }

    private void scanString(char quote) {
        StringBuilder value = new StringBuilder();
        int startLine = line;
        for (position++; position < source.length(); position++) {
            char c = source.charAt(position);
            if (c == quote) {
                position++;
                tokens.add(new Token(Token.Kind.STRING, value.toString(), startLine));
                return;
            }
            line += c == '\n' ? 1 : 0;
            if (c == '\\' && position + 1 < source.length()) {
                position++;
                scanEscape(value);
            } else {
                value.append(c);
            }
        }
        throw new TemplateSyntaxException("a string has no closing quote", startLine);
    }

    private void scanEscape(StringBuilder value) {
        char c = source.charAt(position);
        switch (c) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'v' -> value.append('\u000b');
            case 'a' -> value.append('\u0007');
            case '\\', '\'', '"' -> value.append(c);
            case '\n' -> line++;
            case 'x' -> scanHexEscape(value, 2);
            case 'u' -> scanHexEscape(value, 4);
            case 'U' -> scanHexEscape(value, 8);
            case 'N' -> throw error("named characters \\N{...} are not supported");
            default -> {
                if (c >= '0' && c <= '7') {
                    scanOctalEscape(value);
                } else {
                    value.append('\\').append(c);
                }
            }
        }
    }

    private void scanHexEscape(StringBuilder value, int digits) {
        int codePoint = 0;
        for (int i = 0; i < digits; i++) {
            position++;
            int digit = position < source.length() ? Character.digit(source.charAt(position), 16) : -1;
            if (digit < 0) {
                throw error("a string has a damaged \\x, \\u or \\U escape");
            }
            codePoint = codePoint << 4 | digit;
        }
        if (!Character.isValidCodePoint(codePoint)) {
            throw error("a string has an escape for a character that does not exist");
        }
        value.appendCodePoint(codePoint);
    }

    private void scanOctalEscape(StringBuilder value) {
        int codePoint = 0;
        int digits = 0;
        while (digits < 3 && position < source.length() && Character.digit(source.charAt(position), 8) >= 0) {
            codePoint = codePoint << 3 | Character.digit(source.charAt(position), 8);
            position++;
            digits++;
        }
        position--;
        value.appendCodePoint(codePoint);
    }

    private void scanOperator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                balance(operator.charAt(0));
                position += operator.length();
                add(Token.Kind.OPERATOR, operator);
                return;
            }
        }
        throw error("unexpected character '" + Character.toString(source.codePointAt(position)) + "'");
    }

    private void balance(char bracket) {
        switch (bracket) {
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '{' -> brackets.push('}');
            case ')', ']', '}' -> {
                if (brackets.isEmpty() || brackets.pop() != bracket) {
                    throw error("unexpected '" + bracket + "'");
                }
            }
            default -> {
            }
        }
    }

    private void add(Token.Kind kind, String text) { tokens.add(new Token(kind, text, line)); }

    private TemplateSyntaxException error(String problem) {
        return new TemplateSyntaxException(problem, line);
    }
}
