package dev.pigou.engine.text.jinja;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What is outside the subset must be refused when a model is loaded, not at somebody's request. */
class RefusedTemplatesTest {
    @ParameterizedTest
    @ValueSource(strings = {"{{ x | nope }}", "{{ x | groupby('a') }}", "{{ x is nope }}", "{{ x.nope() }}",
            "{{ x.__class__() }}", "{{ nope() }}", "{{ lipsum() }}", "{{ self.x() }}", "{{ super() }}",
            "{{ x()() }}", "{{ [x](1) }}", "{% include 'x' %}", "{% import 'x' as y %}",
            "{% from 'x' import y %}", "{% extends 'x' %}", "{% block b %}{% endblock %}", "{% do x %}",
            "{% autoescape true %}{% endautoescape %}", "{% trans %}x{% endtrans %}",
            "{% for x in y recursive %}{% endfor %}", "{% if false %}{{ x | nope }}{% endif %}",
            "{{ x | map('nope') }}", "{{ x | select('nope') }}", "{{ x | selectattr('a', 'nope') }}",
            "{{ x | trim(1, 2) }}", "{{ x | tojson(nope=1) }}", "{{ x | indent(4, width=4) }}",
            "{{ x is divisibleby(1, 2) }}", "{{ range(1, 2, 3, 4) }}", "{{ f(*x) }}", "{{ range(**x) }}",
            "{{ 'a' \\N }}", "{{ '\\N{DASH}' }}"})
    void unknownThings(String source) { assertRefused(source); }

    @ParameterizedTest
    @ValueSource(strings = {"{{", "{{ x", "{{ x }", "{%", "{% if %}", "{% if x %}", "{% if x %}{% endfor %}",
            "{% endif %}", "{% for x y %}{% endfor %}", "{% for x in %}{% endfor %}", "{% else %}",
            "{% set x %}", "{% set x = %}", "{% set 1 = 2 %}", "{% set none = 2 %}", "{% set loop = 2 %}",
            "{# x", "{% raw %}x", "{{ 'x }}", "{{ (1 }}", "{{ [1, }}", "{{ {1} }}", "{{ {1: 2 }}",
            "{{ 1 + }}", "{{ * 1 }}", "{{ x. }}", "{{ x[ }}", "{{ x[] }}", "{{ a b }}", "{{ x | }}",
            "{{ x is }}", "{{ x is none is none }}", "{{ f(a=1, 2) }}", "{{ f(a=1, a=2) }}", "{{ 1 2 }}",
            "{{ @ }}", "{{ a ! b }}", "{{ '\\x1' }}", "{{ '\\uD' }}", "{{ 0x }}", "{% break %}",
            "{% continue %}", "{% for x in y %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
            "{% macro %}{% endmacro %}", "{% macro m(1) %}{% endmacro %}", "{% call x %}{% endcall %}",
            "{% call %}{% endcall %}", "{}}{{ ) }}", "{{ ] }}", "{{ not }}", "{{ x if }}", "{{ .5 }}",
            "{% filter %}{% endfilter %}", "{{ }}", "{% %}", "{{ ([)] }}"})
    void brokenSyntax(String source) { assertRefused(source); }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'a\n\n{{ x || nope }}' | 3", "'{% if x %}\n\n{% for %}' | 3",
            "'{{ [\n1,\n2 ~ nope() ] }}' | 3", "'{# \n #}\n{% nope %}' | 3", "'\r\n\r\n{{ x is nope }}' | 3"})
    void theLineIsNamed(String source, int line) {
        String template = source.replace("||", "|");
        TemplateSyntaxException refused = catchThrowableOfType(TemplateSyntaxException.class,
                () -> JinjaTemplate.compile(template));
        assertThat(refused.line()).isEqualTo(line);
        assertThat(refused).hasMessageStartingWith("line " + line + ": ");
    }

    @Test
    void nestingHasALimit() {
        assertRefused("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}");
        assertRefused("{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}");
        assertRefused("{{ " + "not ".repeat(5000) + "1 }}");
        assertRefused("{{ " + "-".repeat(5000) + "1 }}");
        assertRefused("{{ " + "a if b else ".repeat(5000) + "1 }}");
        assertRefused("{% if a %}".repeat(5000));
        assertRefused("{% set " + "(".repeat(5000) + "x" + ")".repeat(5000) + " = 1 %}");
    }

    private static void assertRefused(String source) {
        assertThatThrownBy(() -> JinjaTemplate.compile(source)).as(source)
                .isInstanceOf(TemplateSyntaxException.class);
    }
}
