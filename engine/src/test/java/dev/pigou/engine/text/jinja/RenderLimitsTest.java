package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RenderLimitsTest {
    @ParameterizedTest
    @ValueSource(strings = {"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
            "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
            "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
            "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s * 99 %}{% endfor %}",
            "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s|replace('', ns.s) %}{% endfor %}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
            "{% set l = [1] %}{% for i in range(99) %}{% set _ = l.extend(l) %}{% endfor %}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
            "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}",
            "{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}",
            "{% set l = [] %}{% set _ = l.append(l) %}{% set k = [] %}{% set _ = k.append(k) %}{{ l == k }}",
            "{% set d = {} %}{% set _ = d.update(x=d) %}{{ d }}",
            "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}"
                    + "{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
            "{% set ns = namespace(a=(1,)) %}{% for i in range(99) %}{% set ns.a = (ns.a, ns.a) %}{% endfor %}{{ {ns.a: 1} }}",
            "{% set x = 'x' * 99999 %}{% for i in range(99999) %}{% set y = x|upper|length %}{% endfor %}",
            "{% set x = [1] * 9999 %}{% for i in range(99999) %}{% set y = x|string|length %}{% endfor %}",
            "{{ 'x' * 99999999999 }}", "{{ [1] * 99999999 }}", "{{ range(99999999) }}", "{{ 9 ** 9999 }}",
            "{{ 9 ** 99999999999999999999 }}", "{{ 'x'|center(999999999) }}", "{{ 'x'.zfill(999999999) }}",
            "{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}",
            "{% set x = 'x' * 99999 %}{% for i in range(99999) %}{{ x|upper }}{% endfor %}"})
    void greedyTemplatesEndWithAnError(String source) {
        JinjaTemplate template = JinjaTemplate.compile(source);
        assertThatThrownBy(() -> template.render(Map.of(), GoldenRenderTest.NOW)).as(source)
                .isInstanceOf(TemplateException.class);
    }

    @Test
    void longChainsEndOneWayOrTheOther() {
        for (String source : List.of("{{ 1" + " + 1".repeat(20_000) + " }}",
                "{{ x" + "[0]".repeat(20_000) + " }}", "{{ 'a'" + "|upper".repeat(20_000) + " }}",
                "{{ 1" + " and 1".repeat(20_000) + " }}")) {
            assertThatThrownBy(() -> JinjaTemplate.compile(source).render(Map.of(), GoldenRenderTest.NOW))
                    .isInstanceOf(TemplateException.class);
        }
    }

    @Test
    void aTemplateChangesNothingItWasGiven() {
        List<Object> messages = new ArrayList<>(List.of(new HashMap<>(Map.of("role", "user"))));
        JinjaTemplate template = JinjaTemplate
                .compile("{% set _ = messages.append(1) %}{% set _ = messages[0].update(a=1) %}"
                        + "{% set _ = messages[0].pop('role') %}{{ messages }}");
        assertThat(template.render(Map.of("messages", messages), GoldenRenderTest.NOW))
                .isEqualTo("[{'a': 1}, 1]");
        assertThat(messages).isEqualTo(List.of(Map.of("role", "user")));
    }

    @Test
    void nothingOfJavaShowsThrough() {
        for (String name : List.of("class", "getClass", "hashCode", "__class__", "bytes", "value", "length",
                "size")) {
            for (String value : List.of("'s'", "[1]", "{1: 2}", "1", "1.5", "true", "none", "range",
                    "namespace()")) {
                String source = "{{ (" + value + ")." + name + " is defined }}";
                assertThat(JinjaTemplate.compile(source).render(Map.of(), GoldenRenderTest.NOW)).as(source)
                        .isEqualTo("False");
            }
        }
    }

    @Test
    void aLongConversationIsWellWithinTheLimits() {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "word ".repeat(200)));
        }
        JinjaTemplate template = JinjaTemplate.compile(GoldenRenderTest.source("qwen3"));
        assertThat(template.render(Map.of("messages", messages), GoldenRenderTest.NOW))
                .hasSizeGreaterThan(2_000_000);
    }

    @Test
    void theMessageNamesTheLineButWhatIsRaisedStandsAlone() {
        assertThatThrownBy(() -> JinjaTemplate.compile("\n\n{{ x.y.z }}").render(Map.of("x", Map.of()),
                GoldenRenderTest.NOW))
                .hasMessage("chat template, line 3: 'dict object' has no attribute 'y'");
        assertThatThrownBy(() -> JinjaTemplate.compile("\n{{ raise_exception('No.') }}").render(Map.of(),
                GoldenRenderTest.NOW)).isExactlyInstanceOf(TemplateException.Raised.class).hasMessage("No.");
    }
}
