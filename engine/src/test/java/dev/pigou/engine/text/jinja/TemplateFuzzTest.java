package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.fail;

/** Damaged templates may fail to compile or to render, but in no other way than by a {@link TemplateException}. */
class TemplateFuzzTest {
    private static final long SEED = 42;
    private static final int ROUNDS = 20_000;
    private static final String MARKS = "(){}[]|.,:~-+*/%'\"\\<>=! \n\u00e9";

    @Test
    void mutatedTemplatesNeverFailInAnotherWay() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> corpus = corpus();
        JsonNode renders = GoldenRenderTest.GOLDEN.path("renders");
        for (int round = 0; round < ROUNDS; round++) {
            String source = mutate(corpus, random);
            Map<String, @Nullable Object> variables = GoldenRenderTest
                    .variables(renders.get(random.nextInt(renders.size())));
            try {
                JinjaTemplate.compile(source).render(variables, GoldenRenderTest.NOW);
            } catch (TemplateException _) {
                // The one way to fail.
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + SEED + " round " + round + ": " + source, e);
            }
        }
    }

    private static List<String> corpus() {
        List<String> corpus = new ArrayList<>();
        GoldenRenderTest.GOLDEN.path("probes")
                .forEach(probe -> corpus.add(probe.path("source").stringValue()));
        for (String template : List.of("chatml", "zephyr", "llama3", "mistral", "qwen3", "schema_macros")) {
            for (int copies = 0; copies < 10; copies++) {
                corpus.add(GoldenRenderTest.source(template));
            }
        }
        return corpus;
    }

    private static String mutate(List<String> corpus, SplittableRandom random) {
        StringBuilder source = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            String donor = corpus.get(random.nextInt(corpus.size()));
            int from = random.nextInt(donor.length());
            int to = Math.min(donor.length(), from + 1 + random.nextInt(12));
            int at = random.nextInt(source.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> source.insert(at, donor, from, to);
                case 1 -> source.delete(at, Math.min(source.length(), at + 1 + random.nextInt(6)));
                case 2 ->
                    source.replace(at, Math.min(source.length(), at + to - from), donor.substring(from, to));
                default -> source.insert(at, MARKS.charAt(random.nextInt(MARKS.length())));
            }
        }
        return source.toString();
    }
}
