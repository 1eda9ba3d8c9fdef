package dev.pigou.engine.text.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Python's two ways to fill values into a text: {@code "%s" % x} and {@code "{}".format(x)}. */
final class Formats {
    private static final Pattern PERCENT = Pattern.compile("%([-0+ #]*)(\\d{0,4})(?:\\.(\\d{1,3}))?(.)",
            Pattern.DOTALL);
    private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]*)\\}|[{}]");

    private Formats() {}

    static String percent(Renderer renderer, String format, Object values) {
        List<Object> arguments = values instanceof Tuple tuple ? tuple : List.of(values);
        Matcher matcher = PERCENT.matcher(format);
        StringBuilder out = new StringBuilder();
        int used = 0;
        int from = 0;
        while (matcher.find()) {
            out.append(format, from, matcher.start());
            from = matcher.end();
            if (matcher.group(4).equals("%")) {
                out.append('%');
                continue;
            }
            if (used == arguments.size()) {
                throw new TemplateException("not enough arguments for format string");
            }
            String text = pad(convert(matcher, arguments.get(used++)), matcher);
            renderer.budget().chargeOutput(out.length(), text.length());
            out.append(text);
        }
        if (used < arguments.size() && !(values instanceof Map)) {
            throw new TemplateException("not all arguments converted during string formatting");
        }
        return out.append(format.substring(from)).toString();
    }

    private static String convert(Matcher spec, Object value) {
        Values.requireDefined(value);
        String precision = spec.group(3);
        return switch (spec.group(4)) {
            case "s" -> cut(PythonText.str(value), precision);
            case "r" -> cut(PythonText.repr(value), precision);
            case "d", "i" -> sign(spec, Numbers.big(truncate(requireNumber(value))).toString());
            case "x" -> Numbers.big(truncate(requireNumber(value))).toString(16);
            case "X" -> Numbers.big(truncate(requireNumber(value))).toString(16).toUpperCase(Locale.ROOT);
            case "o" -> Numbers.big(truncate(requireNumber(value))).toString(8);
            case "f", "F" -> sign(spec, String.format(Locale.ROOT,
                    "%." + (precision == null ? "6" : precision) + "f", requireNumber(value).doubleValue()));
            default -> throw new TemplateException("unsupported format character '" + spec.group(4) + "'");
        };
    }

    private static String sign(Matcher spec, String number) {
        return spec.group(1).indexOf('+') >= 0 && !number.startsWith("-") ? "+" + number : number;
    }

    private static Number truncate(Number number) {
        return number instanceof Double d ? new BigDecimal(d).toBigInteger() : number;
    }

    private static Number requireNumber(Object value) {
        Number number = Numbers.of(value);
        if (number == null || (number instanceof Double d && !Double.isFinite(d))) {
            throw new TemplateException("a number is required to format, not " + Values.typeName(value));
        }
        return number;
    }

    private static String cut(String text, @Nullable String precision) {
        int limit = precision == null ? Integer.MAX_VALUE : Integer.parseInt(precision);
        return Characters.length(text) <= limit ? text : text.substring(0, text.offsetByCodePoints(0, limit));
    }

    private static String pad(String text, Matcher spec) {
        int width = spec.group(2).isEmpty() ? 0 : Integer.parseInt(spec.group(2));
        int missing = width - Characters.length(text);
        if (missing <= 0) {
            return text;
        }
        if (spec.group(1).indexOf('-') >= 0) {
            return text + " ".repeat(missing);
        }
        if (spec.group(1).indexOf('0') >= 0 && "dixXofF".contains(spec.group(4))) {
            int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
            return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
        }
        return " ".repeat(missing) + text;
    }

    static String braces(Renderer renderer, String format, List<Object> positional,
            Map<String, Object> named) {
        Matcher matcher = BRACES.matcher(format);
        StringBuilder out = new StringBuilder();
        int automatic = 0;
        int from = 0;
        while (matcher.find()) {
            out.append(format, from, matcher.start());
            from = matcher.end();
            String field = matcher.group(1);
            if (field == null) {
                if (matcher.group().length() == 1) {
                    throw new TemplateException("single '" + matcher.group() + "' in a format string");
                }
                out.append(matcher.group().charAt(0));
                continue;
            }
            String name = field.isEmpty() ? Integer.toString(automatic++) : field;
            String text = PythonText.str(argument(name, positional, named));
            renderer.budget().chargeOutput(out.length(), text.length());
            out.append(text);
        }
        return out.append(format.substring(from)).toString();
    }

    private static Object argument(String name, List<Object> positional, Map<String, Object> named) {
        Object value = named.get(name);
        if (value != null) {
            return value;
        }
        if (name.matches("\\d{1,4}")) {
            int index = Integer.parseInt(name);
            if (index < positional.size()) {
                return positional.get(index);
            }
            throw new TemplateException("'format' has no argument " + index);
        }
        throw new TemplateException("'format' fills {}, {0} and {name}, but not {" + name + "}");
    }
}
