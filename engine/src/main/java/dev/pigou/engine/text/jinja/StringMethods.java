package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Methods of strings, as Python has them. */
final class StringMethods {
    static final Map<String, Builtin> ALL = Builtin
            .index(List.of(
                    Builtin.of("strip", "chars",
                            (_, self, args) -> strip(text(self), args.or(0, None.NONE), true, true)),
                    Builtin.of("lstrip", "chars",
                            (_, self, args) -> strip(text(self), args.or(0, None.NONE), true, false)),
                    Builtin.of("rstrip", "chars",
                            (_, self, args) -> strip(text(self), args.or(0, None.NONE), false, true)),
                    Builtin.of("split", "sep maxsplit",
                            (renderer, self, args) -> split(renderer, args, text(self))),
                    Builtin.of("rsplit", "sep maxsplit",
                            (renderer, self, args) -> rsplit(renderer, args, text(self))),
                    Builtin.of("splitlines", "keepends",
                            (_, self, args) -> splitLines(text(self), args.truth(0, false))),
                    Builtin.of("partition", "sep",
                            (_, self, args) -> partition(text(self), args.string(0), false)),
                    Builtin.of("rpartition", "sep",
                            (_, self, args) -> partition(text(self), args.string(0), true)),
                    Builtin.of("startswith", "prefix",
                            (_, self, args) -> anyOf(args.get(0), text(self)::startsWith)),
                    Builtin.of("endswith", "suffix",
                            (_, self, args) -> anyOf(args.get(0), text(self)::endsWith)),
                    Builtin.of("removeprefix", "prefix",
                            (_, self, args) -> text(self).startsWith(args.string(0))
                                    ? text(self).substring(args.string(0).length())
                                    : self),
                    Builtin.of("removesuffix", "suffix",
                            (_, self, args) -> text(self).endsWith(args.string(0))
                                    ? text(self).substring(0, text(self).length() - args.string(0).length())
                                    : self),
                    Builtin.of("replace", "old new count",
                            (renderer, self, args) -> replace(renderer, text(self), args.string(0),
                                    args.string(1), args.integer(2, -1))),
                    Builtin.of("upper", (_, self, _) -> text(self).toUpperCase(Locale.ROOT)),
                    Builtin.of("lower", (_, self, _) -> text(self).toLowerCase(Locale.ROOT)),
                    Builtin.of("casefold",
                            (_, self, _) -> text(self).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT)),
                    Builtin.of("title", (_, self, _) -> title(text(self))),
                    Builtin.of("capitalize", (_, self, _) -> capitalize(text(self))),
                    Builtin.of("find", "sub", (_, self, args) -> find(text(self), args.string(0), false)),
                    Builtin.of("rfind", "sub", (_, self, args) -> find(text(self), args.string(0), true)),
                    Builtin.of(
                            "index", "sub",
                            (_, self, args) -> found(find(text(self), args.string(0), false))),
                    Builtin.of(
                            "rindex", "sub",
                            (_, self, args) -> found(find(text(self), args.string(0), true))),
                    Builtin.of("count", "sub", (_, self, args) -> count(text(self), args.string(0))),
                    Builtin.of("join", "items",
                            (renderer, self, args) -> join(renderer, text(self), args.get(0))),
                    Builtin.of("format", "* **",
                            (renderer, self, args) -> Formats.braces(renderer, text(self), args.rest(),
                                    args.named())),
                    Builtin.of("zfill", "width",
                            (renderer, self, args) -> zfill(renderer, text(self), args.integer(0, 0))),
                    Builtin.of("isdigit", (_, self, _) -> all(self, Character::isDigit)),
                    Builtin.of("isdecimal", (_, self, _) -> all(self, Character::isDigit)),
                    Builtin.of("isnumeric", (_, self, _) -> all(self, Character::isDigit)),
                    Builtin.of("isalpha", (_, self, _) -> all(self, Character::isLetter)),
                    Builtin.of("isalnum", (_, self, _) -> all(self, Character::isLetterOrDigit)),
                    Builtin.of("isspace", (_, self, _) -> all(self, Characters::isSpace)),
                    Builtin.of("isupper",
                            (_, self, _) -> text(self).codePoints().anyMatch(Character::isUpperCase)
                                    && text(self).codePoints().noneMatch(Character::isLowerCase)),
                    Builtin.of("islower",
                            (_, self, _) -> text(self).codePoints().anyMatch(Character::isLowerCase)
                                    && text(self).codePoints().noneMatch(Character::isUpperCase))));

    private StringMethods() {}

    private static String text(Object self) { return (String) self; }

    private static boolean all(Object self, IntPredicate test) {
        return !text(self).isEmpty() && text(self).codePoints().allMatch(test);
    }

    private static boolean anyOf(Object candidates, Predicate<String> test) {
        return candidates instanceof Tuple tuple
                ? tuple.stream().anyMatch(item -> test.test(Values.requireString(item, "startswith")))
                : test.test(Values.requireString(candidates, "startswith"));
    }

    static String strip(String text, Object chars, boolean left, boolean right) {
        IntPredicate dropped = chars == None.NONE
                ? Characters::isSpace
                : c -> Values.requireString(chars, "strip").indexOf(c) >= 0;
        int start = 0;
        int end = text.length();
        while (left && start < end && dropped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && start < end && dropped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static List<Object> split(Renderer renderer, Builtin.Arguments args, String text) {
        renderer.budget().chargeText(text.length());
        int limit = args.integer(1, -1);
        if (args.or(0, None.NONE) == None.NONE) {
            return splitBlanks(text, limit);
        }
        String separator = requireSeparator(args.string(0));
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0
                && limit != parts.size(); at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Object> splitBlanks(String text, int limit) {
        List<Object> parts = new ArrayList<>();
        int from = wordStart(text, 0);
        while (from < text.length()) {
            if (parts.size() == limit) {
                parts.add(text.substring(from));
                return parts;
            }
            int end = from;
            while (end < text.length() && !Characters.isSpace(text.charAt(end))) {
                end++;
            }
            parts.add(text.substring(from, end));
            from = wordStart(text, end);
        }
        return parts;
    }

    private static int wordStart(String text, int from) {
        int start = from;
        while (start < text.length() && Characters.isSpace(text.charAt(start))) {
            start++;
        }
        return start;
    }

    private static List<Object> rsplit(Renderer renderer, Builtin.Arguments args, String text) {
        int limit = args.integer(1, -1);
        if (limit < 0) {
            return split(renderer, args, text);
        }
        renderer.budget().chargeText(text.length());
        String separator = requireSeparator(args.string(0));
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        while (parts.size() < limit) {
            int at = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
            if (at < 0) {
                break;
            }
            parts.add(text.substring(at + separator.length(), end));
            end = at;
        }
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    private static String requireSeparator(String separator) {
        if (separator.isEmpty()) {
            throw new TemplateException("empty separator");
        }
        return separator;
    }

    static List<Object> splitLines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (endsLine(text.charAt(i))) {
                int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
                lines.add(text.substring(from, keepEnds ? end : i));
                from = end;
                i = end - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    private static boolean endsLine(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028
                || c == 0x2029;
    }

    private static Tuple partition(String text, String separator, boolean last) {
        int at = last
                ? text.lastIndexOf(requireSeparator(separator))
                : text.indexOf(requireSeparator(separator));
        if (at < 0) {
            return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    static String replace(Renderer renderer, String text, String old, String replacement, int count) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        int done = 0;
        // An empty needle stands before every character and at the end.
        int at = text.indexOf(old);
        while (at >= 0 && done != count) {
            renderer.budget().chargeOutput(out.length(), 16L + at - from + replacement.length());
            out.append(text, from, at).append(replacement);
            from = at + old.length();
            done++;
            if (old.isEmpty()) {
                if (at == text.length()) {
                    break;
                }
                at++;
            } else {
                at = text.indexOf(old, from);
            }
        }
        return out.append(text, from, text.length()).toString();
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return out.toString();
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static long find(String text, String part, boolean last) {
        return Characters.index(text, last ? text.lastIndexOf(part) : text.indexOf(part));
    }

    private static long found(long index) {
        if (index < 0) {
            throw new TemplateException("substring not found");
        }
        return index;
    }

    private static long count(String text, String part) {
        if (part.isEmpty()) {
            return Characters.length(text) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private static String join(Renderer renderer, String separator, Object items) {
        StringBuilder out = new StringBuilder();
        String between = "";
        for (Object item : Values.iterate(items)) {
            String text = Values.requireString(item, "join");
            renderer.budget().chargeOutput(out.length(), between.length() + text.length());
            out.append(between).append(text);
            between = separator;
        }
        return out.toString();
    }

    private static String zfill(Renderer renderer, String text, int width) {
        renderer.budget().chargeText(width);
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        int missing = width - Characters.length(text);
        return missing <= 0 ? text : text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
    }
}
