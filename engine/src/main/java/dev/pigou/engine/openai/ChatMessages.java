package dev.pigou.engine.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@code messages} and {@code tools} into what chat templates take. */
final class ChatMessages {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool",
            "function");

    private ChatMessages() {}

    static List<Map<String, Object>> read(Fields fields) {
        List<JsonNode> nodes = fields.list("messages");
        if (nodes.isEmpty()) {
            throw ApiException.invalid("messages", "'messages' must hold at least one message.");
        }
        List<Map<String, Object>> messages = new ArrayList<>(nodes.size());
        for (JsonNode node : nodes) {
            messages.add(message(node, "messages[" + messages.size() + "]"));
        }
        return messages;
    }

    static List<Map<String, Object>> tools(Fields fields) {
        List<Map<String, Object>> tools = new ArrayList<>();
        for (JsonNode node : fields.list("tools")) {
            tools.add(object(node, "tools[" + tools.size() + "]"));
        }
        return tools;
    }

    /** What the object holds, nulls left out. */
    static Map<String, Object> object(JsonNode node, String param) {
        if (!(node instanceof ObjectNode object)) {
            throw Fields.wrongType(param, "an object", node);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            @Nullable
            Object value = Json.plain(entry.getValue());
            if (value != null) {
                map.put(entry.getKey(), value);
            }
        });
        return map;
    }

    private static Map<String, Object> message(JsonNode node, String param) {
        Map<String, Object> message = object(node, param);
        Fields fields = Fields.of(node, param);
        String role = fields.string("role").orElseThrow(() -> ApiException.invalid(fields.param("role"),
                "'" + fields.param("role") + "' is missing."));
        if (!ROLES.contains(role)) {
            throw ApiException.invalid(fields.param("role"), "'" + fields.param("role")
                    + "' must be system, developer, user, assistant, tool or function.");
        }
        boolean mayLackContent = role.equals("assistant") && message.containsKey("tool_calls");
        String content = fields.value("content").map(value -> content(value, fields.param("content")))
                .orElse(null);
        if (content == null && !mayLackContent) {
            throw ApiException.invalid(fields.param("content"),
                    "'" + fields.param("content") + "' is missing.");
        }
        message.put("content", Objects.requireNonNullElse(content, ""));
        return message;
    }

    /** Text parts become one string with a line each, as vLLM does for templates that expect strings. */
    private static String content(JsonNode node, String param) {
        if (node.isString()) {
            return node.stringValue();
        }
        if (!node.isArray()) {
            throw Fields.wrongType(param, "a string or a list of text parts", node);
        }
        List<String> texts = new ArrayList<>(node.size());
        for (JsonNode part : node.values()) {
            texts.add(text(Fields.of(part, param + "[" + texts.size() + "]")));
        }
        return String.join("\n", texts);
    }

    private static String text(Fields part) {
        String type = part.string("type").orElse("missing");
        if (!type.equals("text")) {
            throw ApiException.invalid(part.param("type"), "'" + part.param("type") + "' is " + type
                    + ", but this model reads only parts of type text.");
        }
        return part.string("text").orElseThrow(
                () -> ApiException.invalid(part.param("text"), "'" + part.param("text") + "' is missing."));
    }
}
