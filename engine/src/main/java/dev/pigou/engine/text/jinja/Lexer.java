package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into text and tags, and applies the whitespace rules: {@code trim_blocks} drops the newline after a
 * block tag or comment, {@code lstrip_blocks} the blanks before one that begins its line, {@code -} all blanks on its
 * side of a tag, {@code +} turns the two settings off for its side.
 */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int countedTo;
    /** The previous tag took its newline with it, so the text that follows begins a line. */
    private boolean lineStarting = true;

    private Lexer(String source) { this.source = source; }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.scanTemplate();
        return lexer.tokens;
    }

    private void scanTemplate() {
        for (int open = nextTag(); open >= 0; open = nextTag()) {
            char kind = source.charAt(open + 1);
            int after = open + 2;
            char sign = after < source.length() ? source.charAt(after) : ' ';
            if (sign == '-' || sign == '+') {
                after++;
            }
            addData(textBefore(open, kind, sign));
            position = after;
            switch (kind) {
                case '#' -> skipComment();
                case '{' -> scanTag(Token.Kind.VARIABLE_BEGIN, Token.Kind.VARIABLE_END, "}}");
                default -> {
                    if (!scanRaw()) {
                        scanTag(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, "%}");
                    }
                }
            }
        }
        addData(source.substring(position));
        position = source.length();
        tokens.add(new Token(Token.Kind.END, "", lineHere()));
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0
                && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private String textBefore(int open, char kind, char sign) {
        String text = source.substring(position, open);
        if (sign == '-') {
            return Characters.stripTrailing(text);
        }
        if (sign == '+' || kind == '{') {
            return text;
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean blank = Characters.stripTrailing(text.substring(lineStart)).isEmpty();
        return blank && (lineStart > 0 || lineStarting) ? text.substring(0, lineStart) : text;
    }

    private void addData(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, text, lineHere()));
        }
    }

    private void skipComment() {
        int close = source.indexOf("#}", position);
        if (close < 0) {
            throw error("the comment has no end '#}'");
        }
        char sign = close > position ? source.charAt(close - 1) : ' ';
        position = close + 2;
        skipAfterTag(sign, true);
    }

    /** Text between {@code raw} and {@code endraw}, if a raw tag begins here. */
    private boolean scanRaw() {
        int afterName = skipBlanks(position) + 3;
        if (!source.startsWith("raw", afterName - 3)) {
            return false;
        }
        int close = skipBlanks(afterName);
        char sign = close < source.length() && source.charAt(close) == '-' ? '-' : ' ';
        if (!source.startsWith("%}", sign == '-' ? close + 1 : close)) {
            return false;
        }
        position = (sign == '-' ? close + 1 : close) + 2;
        skipAfterTag(sign, false);
        scanRawText();
        return true;
    }

    private void scanRawText() {
        for (int open = source.indexOf("{%", position); open >= 0; open = source.indexOf("{%", open + 1)) {
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            int name = skipBlanks(sign == '-' || sign == '+' ? open + 3 : open + 2);
            int close = skipBlanks(name + 6);
            char endSign = close < source.length() ? source.charAt(close) : ' ';
            int end = endSign == '-' || endSign == '+' ? close + 1 : close;
            if (source.startsWith("endraw", name) && source.startsWith("%}", end)) {
                addData(textBefore(open, '%', sign));
                position = end + 2;
                skipAfterTag(endSign, true);
                return;
            }
        }
        throw error("the raw block has no {% endraw %}");
    }

    private void scanTag(Token.Kind begin, Token.Kind end, String close) {
        tokens.add(new Token(begin, "", lineHere()));
        TagLexer tag = new TagLexer(source, close, tokens);
        position = tag.scan(position, lineHere());
        char sign = source.charAt(position);
        tokens.add(new Token(end, "", lineHere()));
        position += sign == '-' || sign == '+' ? 3 : 2;
        skipAfterTag(sign, end == Token.Kind.BLOCK_END);
    }

    private void skipAfterTag(char sign, boolean trimsNewline) {
        int from = position;
        if (sign == '-') {
            position = skipBlanks(position);
        } else if (sign != '+' && trimsNewline && position < source.length()
                && source.charAt(position) == '\n') {
            position++;
        }
        lineStarting = position > from && source.charAt(position - 1) == '\n';
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < source.length() && Characters.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    private int lineHere() {
        for (; countedTo < position; countedTo++) {
            if (source.charAt(countedTo) == '\n') {
                line++;
            }
        }
        return line;
    }

    private TemplateSyntaxException error(String problem) {
        return new TemplateSyntaxException(problem, lineHere());
    }
}
