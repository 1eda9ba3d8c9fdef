package dev.pigou.engine.text;

import dev.pigou.engine.text.jinja.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChatTemplateTest {
    private static final List<Map<String, Object>> HI = List.of(Map.of("role", "user", "content", " Hi "));
    private static final List<Map<String, Object>> TOOLS = List.of(Map.of("type", "function"));

    @TempDir
    Path folder;

    @Test
    void templatesOfTheGoldenModelsLoad() throws IOException {
        ChatTemplate llama = ChatTemplate.load(GoldenTokenizers.RESOURCES.resolve("golden/llama"))
                .orElseThrow();
        assertThat(llama.render(HI, List.of(), true, Map.of()))
                .isEqualTo("<|begin_of_text|><|start_header_id|>user"
                        + "<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
        ChatTemplate qwen = ChatTemplate.load(GoldenTokenizers.RESOURCES.resolve("golden/qwen2"))
                .orElseThrow();
        assertThat(qwen.render(HI, List.of(), false, Map.of()))
                .isEqualTo("<|im_start|>user\n Hi <|im_end|>\n");
    }

    @Test
    void theFileOfItsOwnComesBeforeTheConfig() throws IOException {
        write("tokenizer_config.json",
                "{'chat_template': 'config', 'bos_token': {'content': '<s>'}, 'eos_token': null}");
        write("chat_template.jinja", "file {{ bos_token }}{{ eos_token is defined }}");
        assertThat(render(List.of())).isEqualTo("file <s>False");
    }

    @Test
    void ofNamedTemplatesTheOneForToolsIsForRequestsWithTools() throws IOException {
        write("tokenizer_config.json",
                "{'chat_template': [{'name': 'default', 'template': 'plain'},"
                        + "{'name': 'tool_use', 'template': '{{ tools|length }} tools'},"
                        + "{'name': 'rag', 'template': '{{ x|nobody_asked }}'}]}");
        assertThat(render(List.of())).isEqualTo("plain");
        assertThat(render(TOOLS)).isEqualTo("1 tools");
    }

    @Test
    void noToolsAreNoneAndExtraVariablesWin() throws IOException {
        write("chat_template.jinja",
                "{{ tools is none }} {{ add_generation_prompt }} {{ documents is none }}");
        ChatTemplate template = ChatTemplate.load(folder).orElseThrow();
        assertThat(template.render(HI, List.of(), true, Map.of())).isEqualTo("True True True");
        assertThat(template.render(HI, TOOLS, true, Map.of("add_generation_prompt", "x")))
                .isEqualTo("False x True");
    }

    @Test
    void theDateComesFromTheClock() throws IOException {
        write("chat_template.jinja", "{{ strftime_now('%d %B %Y') }}");
        Clock clock = Clock.fixed(Instant.parse("2026-03-07T10:00:00Z"), ZoneOffset.UTC);
        assertThat(ChatTemplate.load(folder, clock).orElseThrow().render(HI, List.of(), true, Map.of()))
                .isEqualTo("07 March 2026");
    }

    @Test
    void aFolderWithoutTemplateHasNone() throws IOException {
        assertThat(ChatTemplate.load(folder)).isEmpty();
        write("tokenizer_config.json", "{'chat_template': null}");
        assertThat(ChatTemplate.load(folder)).isEmpty();
    }

    @Test
    void badFilesAreRefusedInOneLineThatNamesFileAndLine() throws IOException {
        write("chat_template.jinja", "a\nb\n{{ x|nope }}");
        assertRefused("chat_template.jinja, line 3: unknown filter 'nope'");
        Files.write(folder.resolve("chat_template.jinja"), new byte[]{(byte) 0xC0, (byte) 0x80});
        assertRefused("chat_template.jinja is not UTF-8");
        Files.delete(folder.resolve("chat_template.jinja"));
        write("tokenizer_config.json", "{'chat_template': '{% if %}'}");
        assertRefused("tokenizer_config.json, chat_template, line 1: ");
        write("tokenizer_config.json", "{'chat_template': [{'name': 'default', 'template': 5}]}");
        assertRefused("'template' should be a string");
        write("tokenizer_config.json", "{'chat_template': 7}");
        assertRefused("chat_template should be a string or a list");
        write("tokenizer_config.json", "{nonsense");
        assertRefused("tokenizer_config.json is not valid JSON");
        write("tokenizer_config.json", "[]");
        assertRefused("tokenizer_config.json should hold a JSON object");
    }

    @Test
    void whatTheTemplateRaisesReachesTheClientUnchanged() throws IOException {
        write("chat_template.jinja", "{{ raise_exception('Roles must alternate') }}");
        assertThatThrownBy(() -> render(List.of())).isInstanceOf(TemplateException.class)
                .hasMessage("Roles must alternate");
    }

    private String render(List<Map<String, Object>> tools) throws IOException {
        return ChatTemplate.load(folder).orElseThrow().render(HI, tools, true, Map.of());
    }

    private void assertRefused(String problem) {
        assertThatThrownBy(() -> ChatTemplate.load(folder)).isInstanceOf(IOException.class)
                .hasMessageContaining(problem).extracting(Throwable::getMessage).asString()
                .doesNotContain("\n");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name),
                name.endsWith(".json") ? content.replace('\'', '"').replace("\"nope\"", "'nope'") : content);
    }
}
