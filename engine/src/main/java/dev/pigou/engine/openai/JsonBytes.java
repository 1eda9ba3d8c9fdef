package dev.pigou.engine.openai;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON written by hand into a buffer that is used again and again: one chunk a token leaves no time for a tree. */
final class JsonBytes {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[512];
    private int length;

    JsonBytes clear() {
        length = 0;
        return this;
    }

    JsonBytes raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /**
     * JSON as it stands.
     *
     * @param ascii has no other characters
     */
    JsonBytes raw(String ascii) {
        ensure(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    JsonBytes number(int value) { return raw(Integer.toString(value)); }

    JsonBytes numbers(List<Integer> values) {
        raw("[");
        for (int i = 0; i < values.size(); i++) {
            raw(i == 0 ? "" : ",").number(values.get(i));
        }
        return raw("]");
    }

    /** A stop string, a token id, or null. */
    JsonBytes stopReason(@Nullable Object reason) {
        return reason instanceof String text ? string(text) : raw(String.valueOf(reason));
    }

    /** A quoted string, escaped as Jackson does it; half a surrogate pair becomes U+FFFD. */
    JsonBytes string(String text) {
        ensure(6 * text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                utf8(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                utf8(Character.isSurrogate(c) ? 0xFFFD : c);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    byte[] toBytes() { return Arrays.copyOf(bytes, length); }

    private void ascii(char c) {
        switch (c) {
            case '"', '\\' -> escape(c);
            case '\n' -> escape('n');
            case '\r' -> escape('r');
            case '\t' -> escape('t');
            case '\b' -> escape('b');
            case '\f' -> escape('f');
            default -> {
                if (c < 0x20) {
                    raw("\\u00");
                    bytes[length++] = HEX[c >> 4];
                    bytes[length++] = HEX[c & 15];
                } else {
                    bytes[length++] = (byte) c;
                }
            }
        }
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        bytes[length++] = (byte) c;
    }

    private void utf8(int point) {
        if (point < 0x800) {
            bytes[length++] = (byte) (0xC0 | (point >> 6));
        } else if (point < 0x10000) {
            bytes[length++] = (byte) (0xE0 | (point >> 12));
            trail(point >> 6);
        } else {
            bytes[length++] = (byte) (0xF0 | (point >> 18));
            trail(point >> 12);
            trail(point >> 6);
        }
        trail(point);
    }

    private void trail(int bits) { bytes[length++] = (byte) (0x80 | (bits & 0x3F)); }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
