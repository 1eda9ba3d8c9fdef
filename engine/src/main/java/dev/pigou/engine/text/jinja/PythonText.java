package dev.pigou.engine.text.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Values as Python prints them: {@code str} and {@code repr}. */
final class PythonText {
    /** A list may hold itself; real data is never this deep. */
    private static final int MAX_DEPTH = 200;

    private PythonText() {}

    static String str(Object value) {
        if (value instanceof String text) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        appendRepr(value, out, 0);
        return out.toString();
    }

    static String repr(Object value) {
        StringBuilder out = new StringBuilder();
        appendRepr(value, out, 0);
        return out.toString();
    }

    private static void appendRepr(Object value, StringBuilder out, int depth) {
        Budget.CURRENT.get().chargeOutput(out.length(), 16);
        if (depth > MAX_DEPTH) {
            throw new TemplateException("a value is nested too deep to be printed");
        }
        switch (value) {
            case String text -> quote(text, out);
            case Boolean b -> out.append(b ? "True" : "False");
            case None _ -> out.append("None");
            case Double d -> out.append(real(d));
            case Undefined _ -> out.append(depth == 0 ? "" : "Undefined");
            case Tuple tuple -> {
                appendItems(tuple, "(", tuple.size() == 1 ? ",)" : ")", out, depth);
            }
            case List<?> list -> appendItems(list, "[", "]", out, depth);
            case Map<?, ?> map -> appendDict(map, out, depth);
            case Namespace(Map<String, Object> attributes) -> {
                out.append("<Namespace ");
                appendDict(attributes, out, depth);
                out.append('>');
            }
            case Generator _ -> out.append("<generator object>");
            case Callable callable -> out.append('<').append(callable.typeName()).append('>');
            default -> out.append(value);
        }
    }

    private static void appendItems(List<?> items, String open, String close, StringBuilder out, int depth) {
        out.append(open);
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            appendRepr(item, out, depth + 1);
            separator = ", ";
        }
        out.append(close);
    }

    private static void appendDict(Map<?, ?> map, StringBuilder out, int depth) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            appendRepr(entry.getKey(), out, depth + 1);
            out.append(": ");
            appendRepr(entry.getValue(), out, depth + 1);
            separator = ", ";
        }
        out.append('}');
    }

    /** A float in Python's shortest form, with an exponent below 1e-4 and from 1e16 on. */
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e16)) {
            String[] parts = Double.toString(value).split("E", -1);
            String mantissa = parts[0].endsWith(".0")
                    ? parts[0].substring(0, parts[0].length() - 2)
                    : parts[0];
            int exponent = Integer.parseInt(parts[1]);
            return mantissa + 'e' + (exponent < 0 ? '-' : '+') + (Math.abs(exponent) < 10 ? "0" : "")
                    + Math.abs(exponent);
        }
        String plain = Double.toString(value);
        if (plain.indexOf('E') >= 0) {
            plain = new BigDecimal(plain).stripTrailingZeros().toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        return plain;
    }

    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(c < 0x100
                                ? "\\x%02x".formatted(c)
                                : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
