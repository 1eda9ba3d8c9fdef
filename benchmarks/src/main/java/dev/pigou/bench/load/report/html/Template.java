package dev.pigou.bench.load.report.html;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A resource with holes such as {@code {{title}}}. What fills a hole is not searched for holes again. */
final class Template {
    private static final Pattern HOLE = Pattern.compile("\\{\\{([a-z-]+)}}");

    private Template() {}

    static String filled(String resource, Map<String, String> parts) {
        return HOLE.matcher(resource(resource)).replaceAll(
                hole -> Matcher.quoteReplacement(Objects.requireNonNull(parts.get(hole.group(1)))));
    }

    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Template.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
