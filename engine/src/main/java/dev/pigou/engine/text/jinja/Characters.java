package dev.pigou.engine.text.jinja;

/** Python's view of characters where Java's differs: what is a space, and strings counted in code points. */
final class Characters {
    private Characters() {}

    static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0
                || (c > 0xFF && Character.isSpaceChar(c));
    }

    static String strip(String text) { return stripLeading(stripTrailing(text)); }

    static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static String stripLeading(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static int length(String text) { return text.codePointCount(0, text.length()); }

    /** Position in code points of a position in Java characters. */
    static long index(String text, int position) {
        return position < 0 ? -1 : text.codePointCount(0, position);
    }

    /** The character at a place counted in code points. */
    static String at(String text, int index) {
        int start = text.offsetByCodePoints(0, index);
        return Character.toString(text.codePointAt(start));
    }
}
