package dev.pigou.engine.text;

import dev.pigou.engine.text.jinja.JinjaTemplate;
import dev.pigou.engine.text.jinja.TemplateException;
import dev.pigou.engine.text.jinja.TemplateSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A model's way of writing a conversation as one prompt, from its folder. Immutable, safe for use by several threads.
 *
 * <p>The template is {@code chat_template.jinja}, or else {@code chat_template} in {@code tokenizer_config.json}: one
 * text, or a list of named ones of which {@code tool_use} is for requests with tools and {@code default} for the rest.
 */
public final class ChatTemplate {
    private static final String TEMPLATE_FILE = "chat_template.jinja";
    private static final String CONFIG_FILE = "tokenizer_config.json";
    private static final String DEFAULT = "default";
    private static final String TOOL_USE = "tool_use";

    private final Map<String, JinjaTemplate> templates;
    private final Map<String, Object> specialTokens;
    private final Clock clock;

    private ChatTemplate(Map<String, JinjaTemplate> templates, Map<String, Object> specialTokens,
            Clock clock) {
        this.templates = templates;
        this.specialTokens = specialTokens;
        this.clock = clock;
    }

    /**
     * The chat template of a model folder; empty if it has none. Templates that ask for the date get it from the
     * system's clock.
     *
     * @throws IOException in one line that names file and line, if the template is not in the subset of Jinja that is
     *     understood, or a file is unreadable
     */
    public static Optional<ChatTemplate> load(Path folder) throws IOException {
        return load(folder, Clock.system(ZoneId.systemDefault()));
    }

    static Optional<ChatTemplate> load(Path folder, Clock clock) throws IOException {
        Path configFile = folder.resolve(CONFIG_FILE);
        Optional<JsonNode> config = Files.isRegularFile(configFile)
                ? Optional.of(ModelFiles.readObject(configFile))
                : Optional.empty();
        Map<String, JinjaTemplate> templates = new HashMap<>();
        Path templateFile = folder.resolve(TEMPLATE_FILE);
        if (Files.isRegularFile(templateFile)) {
            templates.put(DEFAULT, compile(ModelFiles.readText(templateFile), templateFile.toString()));
        } else if (config.isPresent()) {
            addTemplates(config.get().path("chat_template"), configFile, templates);
        }
        if (templates.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new ChatTemplate(templates, config.map(ChatTemplate::specialTokens).orElse(Map.of()), clock));
    }

    private static void addTemplates(JsonNode node, Path file, Map<String, JinjaTemplate> templates)
            throws IOException {
        if (node.isString()) {
            templates.put(DEFAULT, compile(node.stringValue(), file + ", chat_template"));
            return;
        }
        if (!node.isArray() && !node.isNull() && !node.isMissingNode()) {
            throw new IOException(file + ": chat_template should be a string or a list of named templates");
        }
        for (JsonNode named : node) {
            String name = named.path("name").asString("");
            if (!name.equals(DEFAULT) && !name.equals(TOOL_USE)) {
                continue; // Others are for callers that ask for them by name, which no OpenAI request does.
            }
            if (!named.path("template").isString()) {
                throw new IOException(file + ", chat_template '" + name + "': 'template' should be a string");
            }
            templates.put(name,
                    compile(named.path("template").stringValue(), file + ", chat_template '" + name + "'"));
        }
    }

    private static JinjaTemplate compile(String source, String where) throws IOException {
        try {
            return JinjaTemplate.compile(source);
        } catch (TemplateSyntaxException e) {
            throw new IOException(where + ", " + e.getMessage(), e);
        }
    }

    /** {@code bos_token} and its like, each a string or an object with the string in {@code content}. */
    private static Map<String, Object> specialTokens(JsonNode config) {
        Map<String, Object> tokens = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : config.properties()) {
            JsonNode value = property.getValue();
            JsonNode content = value.isObject() ? value.path("content") : value;
            if (property.getKey().endsWith("_token") && content.isString()) {
                tokens.put(property.getKey(), content.stringValue());
            }
        }
        return tokens;
    }

    /**
     * Writes a conversation as a prompt. Special tokens the model needs are in it: encode it without adding any.
     *
     * @param messages as in an OpenAI request: maps, lists, strings, numbers, booleans, nulls
     * @param tools as in an OpenAI request; with none the template sees {@code tools} as none
     * @param addGenerationPrompt true ends the prompt where the assistant's answer begins
     * @param extra further variables ({@code chat_template_kwargs}); they come before all others
     * @throws TemplateException with a message for the client, if the template refuses the conversation
     */
    public String render(List<Map<String, Object>> messages, List<Map<String, Object>> tools,
            boolean addGenerationPrompt, Map<String, Object> extra) {
        Map<String, @Nullable Object> variables = new HashMap<>(specialTokens);
        variables.put("messages", messages);
        variables.put("tools", tools.isEmpty() ? null : tools);
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        variables.putAll(extra);
        return templateFor(tools).render(variables, ZonedDateTime.now(clock));
    }

    private JinjaTemplate templateFor(List<Map<String, Object>> tools) {
        JinjaTemplate forTools = tools.isEmpty() ? null : templates.get(TOOL_USE);
        JinjaTemplate template = forTools != null ? forTools : templates.get(DEFAULT);
        if (template == null) {
            throw new TemplateException("the model has a chat template for requests with tools only");
        }
        return template;
    }
}
