package dev.pigou.engine.text.jinja;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares with what Python's Jinja2 made of the same templates; {@code src/test/python} writes the golden file. */
class GoldenRenderTest {
    static final Path FOLDER = Path.of("src/test/resources/jinja");
    static final JsonMapper MAPPER = new JsonMapper();
    static final JsonNode GOLDEN = MAPPER.readTree(FOLDER.resolve("golden.json").toFile());
    static final ZonedDateTime NOW = LocalDateTime.parse(GOLDEN.path("now").stringValue())
            .atZone(ZoneOffset.UTC);

    @Test
    void chatTemplatesRenderAsPythonRendersThem() {
        SoftAssertions softly = new SoftAssertions();
        assertThat(GOLDEN.path("renders").size()).isGreaterThan(500);
        for (JsonNode golden : GOLDEN.path("renders")) {
            String template = golden.path("template").stringValue();
            String what = "%s, %s, tools %s, prompt %s, %s".formatted(template, golden.path("conversation"),
                    golden.path("tools"), golden.path("prompt"), golden.path("extra"));
            check(softly, what, source(template), variables(golden), golden);
        }
        softly.assertAll();
    }

    @Test
    void smallTemplatesRenderAsPythonRendersThem() {
        SoftAssertions softly = new SoftAssertions();
        assertThat(GOLDEN.path("probes").size()).isGreaterThan(300);
        for (JsonNode golden : GOLDEN.path("probes")) {
            String source = golden.path("source").stringValue();
            check(softly, source, source, map(GOLDEN.path("variables")), golden);
        }
        softly.assertAll();
    }

    private static void check(SoftAssertions softly, String what, String source,
            Map<String, @Nullable Object> variables, JsonNode golden) {
        try {
            String rendered = JinjaTemplate.compile(source).render(variables, NOW);
            softly.assertThat(rendered).as(what)
                    .isEqualTo(golden.path("output").asString("refused: " + golden));
        } catch (TemplateException e) {
            softly.assertThat(golden.has("output")).as(what + " -> " + e.getMessage()).isFalse();
            softly.assertThat(e instanceof TemplateException.Raised ? e.getMessage() : "").as(what)
                    .isEqualTo(golden.path("raised").asString(""));
        } catch (RuntimeException e) {
            softly.fail(what, e);
        }
    }

    static Map<String, @Nullable Object> variables(JsonNode golden) {
        Map<String, @Nullable Object> variables = map(golden.path("extra"));
        String conversation = golden.path("conversation").stringValue();
        variables.put("messages",
                MAPPER.treeToValue(GOLDEN.path("conversations").path(conversation), List.class));
        variables.put("tools",
                golden.path("tools").booleanValue()
                        ? MAPPER.treeToValue(GOLDEN.path("tools"), List.class)
                        : null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", golden.path("prompt").booleanValue());
        variables.put("bos_token", "<s>");
        variables.put("eos_token", "</s>");
        return variables;
    }

    private static Map<String, @Nullable Object> map(JsonNode object) {
        Map<String, @Nullable Object> map = new HashMap<>();
        object.properties().forEach(property -> map.put(property.getKey(),
                MAPPER.treeToValue(property.getValue(), Object.class)));
        return map;
    }

    static String source(String template) {
        try {
            return Files.readString(FOLDER.resolve("templates/" + template + ".jinja"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
