package dev.pigou.engine.text.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Values as Python's {@code json.dumps} writes them. */
final class JsonText {
    private static final int MAX_DEPTH = 200;

    private final StringBuilder out = new StringBuilder();
    private final boolean ensureAscii;
    private final String indent;
    private final boolean multiline;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sortKeys;

    private JsonText(boolean ensureAscii, Object indent, Object separators, boolean sortKeys) {
        this.ensureAscii = ensureAscii;
        this.sortKeys = sortKeys;
        multiline = indent != None.NONE;
        this.indent = switch (indent) {
            case None _ -> "";
            case String text -> text;
            default -> " ".repeat(Math.clamp(Numbers.requireInt(indent), 0, 64));
        };
        if (separators instanceof List<?> pair && pair.size() == 2) {
            itemSeparator = PythonText.str(pair.get(0));
            keySeparator = PythonText.str(pair.get(1));
        } else {
            itemSeparator = multiline ? "," : ", ";
            keySeparator = ": ";
        }
    }

    static String of(Object value, boolean ensureAscii, Object indent, Object separators, boolean sortKeys) {
        JsonText json = new JsonText(ensureAscii, indent, separators, sortKeys);
        json.append(value, 0);
        return json.out.toString();
    }

    private void append(Object value, int depth) {
        Budget.CURRENT.get().chargeOutput(out.length(), 16);
        if (depth > MAX_DEPTH) {
            throw new TemplateException("a value is nested too deep for JSON");
        }
        switch (value) {
            case String text -> quote(text);
            case Boolean b -> out.append(b ? "true" : "false");
            case None _ -> out.append("null");
            case Long _,BigInteger _ -> out.append(value);
            case Double d -> out.append(real(d));
            case List<?> list -> appendArray(list, depth);
            case Map<?, ?> map -> appendObject(map, depth);
            default -> throw new TemplateException(
                    "Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.real(value);
    }

    private void appendArray(List<?> items, int depth) {
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            beforeItem(i == 0, depth + 1);
            append(items.get(i), depth + 1);
        }
        afterItems(items.isEmpty(), depth);
        out.append(']');
    }

    private void appendObject(Map<?, ?> map, int depth) {
        Map<String, Object> members = sortKeys ? new TreeMap<>() : new LinkedHashMap<>();
        map.forEach((key, item) -> members.put(key(key), item));
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, Object> member : members.entrySet()) {
            beforeItem(first, depth + 1);
            first = false;
            quote(member.getKey());
            out.append(keySeparator);
            append(member.getValue(), depth + 1);
        }
        afterItems(members.isEmpty(), depth);
        out.append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case String text -> text;
            case Boolean b -> b ? "true" : "false";
            case None _ -> "null";
            case Long n -> n.toString();
            case Double d -> real(d);
            default -> throw new TemplateException(
                    "keys must be str, int, float, bool or None, not " + Values.typeName(key));
        };
    }

    private void beforeItem(boolean first, int depth) {
        out.append(first ? "" : itemSeparator);
        newLine(depth);
    }

    private void afterItems(boolean none, int depth) {
        if (!none) {
            newLine(depth);
        }
    }

    private void newLine(int depth) {
        if (multiline) {
            out.append('\n').repeat(indent, depth);
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (ensureAscii && c > 0x7E)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** The members of a dict as pairs, for the filters that list them. */
    static List<Object> pairs(Map<?, ?> map) {
        List<Object> pairs = new ArrayList<>(map.size());
        map.forEach((key, item) -> pairs.add(Tuple.of(key, item)));
        return pairs;
    }
}
