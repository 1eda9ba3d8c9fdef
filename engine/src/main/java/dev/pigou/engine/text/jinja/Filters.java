package dev.pigou.engine.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The filters that work on one value; those over sequences are in {@link SequenceFilters}. */
final class Filters {
    static final Map<String, Builtin> ALL = all();

    private Filters() {}

    private static Map<String, Builtin> all() {
        List<Builtin> filters = new ArrayList<>(SequenceFilters.ALL);
        filters.addAll(List.of(
                Builtin.of("trim", "chars",
                        (_, self, args) -> StringMethods.strip(PythonText.str(self), args.or(0, None.NONE),
                                true, true)),
                Builtin.of("upper", (_, self, _) -> PythonText.str(self).toUpperCase(Locale.ROOT)),
                Builtin.of("lower", (_, self, _) -> PythonText.str(self).toLowerCase(Locale.ROOT)),
                Builtin.of("title", (_, self, _) -> title(PythonText.str(self))),
                Builtin.of("capitalize", (_, self, _) -> StringMethods.capitalize(PythonText.str(self))),
                Builtin.of("replace", "old new count",
                        (renderer, self, args) -> StringMethods.replace(renderer, PythonText.str(self),
                                PythonText.str(args.get(0)), PythonText.str(args.get(1)),
                                args.integer(2, -1))),
                Builtin.of("indent", "width first blank", Filters::indent),
                Builtin.of("center", "width",
                        (renderer, self, args) -> center(renderer, PythonText.str(self),
                                args.integer(0, 80))),
                Builtin.of("wordcount",
                        (_, self, _) -> (long) PythonText.str(self).splitWithDelimiters("\\w+", 0).length
                                / 2),
                Builtin.of("string", (_, self, _) -> PythonText.str(self)),
                Builtin.of("safe", (_, self, _) -> PythonText.str(self)),
                Builtin.of("e", (_, self, _) -> escape(PythonText.str(self))),
                Builtin.of("escape", (_, self, _) -> escape(PythonText.str(self))),
                Builtin.of("format", "* **",
                        (renderer, self, args) -> Formats.percent(renderer, PythonText.str(self),
                                args.named().isEmpty() ? new Tuple(args.rest()) : args.named())),
                Builtin.of("tojson", "ensure_ascii indent separators sort_keys", (renderer, self, args) -> {
                    Values.requireDefined(self);
                    String json = JsonText.of(self, args.truth(0, false), args.or(1, None.NONE),
                            args.or(2, None.NONE), args.truth(3, false));
                    renderer.budget().chargeText(json.length());
                    return json;
                }), Builtin.of("default", "default_value boolean", Filters::defaultValue),
                Builtin.of("d", "default_value boolean", Filters::defaultValue),
                Builtin.of("attr", "name", (_, self, args) -> Attributes.attribute(self, args.string(0))),
                Builtin.of("int", "default base", Filters::toInt),
                Builtin.of("float", "default", (_, self, args) -> toFloat(self, args.or(0, 0.0))),
                Builtin.of("abs",
                        (_, self, _) -> Values.compare(self, 0L, "abs") < 0 ? Numbers.negate(self) : self),
                Builtin.of("round", "precision method", Filters::round)));
        return Builtin.index(filters);
    }

    private static Object defaultValue(Renderer renderer, Object self, Builtin.Arguments args) {
        boolean missing = self instanceof Undefined || (args.truth(1, false) && !Values.isTrue(self));
        return missing ? args.or(0, "") : self;
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean atStart = true;
        for (int c : text.codePoints().toArray()) {
            boolean breaks = Characters.isSpace(c) || "-({[<".indexOf(c) >= 0;
            String character = Character.toString(c);
            out.append(atStart ? character.toUpperCase(Locale.ROOT) : character.toLowerCase(Locale.ROOT));
            atStart = breaks;
        }
        return out.toString();
    }

    private static Object indent(Renderer renderer, Object self, Builtin.Arguments args) {
        Object width = args.or(0, 4L);
        String indention = width instanceof String text
                ? text
                : " ".repeat(Math.clamp(Numbers.requireInt(width), 0, 256));
        boolean blank = args.truth(2, false);
        String text = PythonText.str(self);
        List<Object> lines = StringMethods.splitLines(text + "\n", false);
        renderer.budget().chargeText(text.length() + (long) lines.size() * indention.length());
        StringBuilder out = new StringBuilder(args.truth(1, false) ? indention : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            if (i > 0) {
                out.append('\n').append(line.isEmpty() && !blank ? "" : indention);
            }
            out.append(line);
        }
        return out.toString();
    }

    private static String center(Renderer renderer, String text, int width) {
        renderer.budget().chargeText(width);
        int missing = Math.max(0, width - Characters.length(text));
        int left = missing / 2 + (missing & width & 1);
        return " ".repeat(left) + text + " ".repeat(missing - left);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;").replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static Object toInt(Renderer renderer, Object self, Builtin.Arguments args) {
        Values.requireDefined(self);
        if (self instanceof String text) {
            return parseInt(Characters.strip(text).replace("_", ""), args.integer(1, 10), args.or(0, 0L));
        }
        return switch (Numbers.of(self)) {
            case Double d when Double.isFinite(d) -> Numbers.normalise(new BigDecimal(d).toBigInteger());
            case Double _ -> args.or(0, 0L);
            case Number n -> n;
            case null -> args.or(0, 0L);
        };
    }

    private static Object parseInt(String text, int base, Object fallback) {
        String digits = text;
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        if (!prefix.isEmpty() && digits.toLowerCase(Locale.ROOT).startsWith(prefix)) {
            digits = digits.substring(2);
        }
        try {
            if (digits.length() <= 1024) {
                return Numbers.normalise(new BigInteger(digits, base));
            }
            return fallback;
        } catch (NumberFormatException _) {
            // Python falls back to reading a float; what is none either has the default.
            Object real = toFloat(text, None.NONE);
            return real instanceof Double d && Double.isFinite(d)
                    ? Numbers.normalise(new BigDecimal(d).toBigInteger())
                    : fallback;
        }
    }

    private static Object toFloat(Object self, Object fallback) {
        Values.requireDefined(self);
        if (self instanceof String text) {
            String number = Characters.strip(text).replace("_", "");
            try {
                return number.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")
                        ? (Object) Double.valueOf(number)
                        : fallback;
            } catch (NumberFormatException _) {
                return fallback;
            }
        }
        Number number = Numbers.of(self);
        return number == null ? fallback : (Object) number.doubleValue();
    }

    private static Object round(Renderer renderer, Object self, Builtin.Arguments args) {
        Number number = Numbers.of(self);
        if (number == null) {
            Values.requireDefined(self);
            throw new TemplateException("'round' needs a number, not " + Values.typeName(self));
        }
        RoundingMode mode = switch (PythonText.str(args.or(1, "common"))) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new TemplateException("'round' knows the methods common, ceil and floor");
        };
        boolean keepsInteger = !(number instanceof Double) && mode == RoundingMode.HALF_EVEN;
        double value = number.doubleValue();
        if (keepsInteger || !Double.isFinite(value)) {
            return number;
        }
        return new BigDecimal(value).setScale(Math.clamp(args.integer(0, 0), -320, 320), mode).doubleValue();
    }
}
