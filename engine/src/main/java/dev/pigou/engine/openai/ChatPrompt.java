package dev.pigou.engine.openai;

import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.jinja.TemplateException;
import java.util.List;
import java.util.Map;

/**
 * A conversation and how the model's template is to write it.
 *
 * @param addGenerationPrompt whether the prompt ends with the beginning of an assistant's message
 * @param continueFinal whether the answer continues the last message instead of following it
 * @param addSpecialTokens whether the tokenizer adds its own on top of the template's
 * @param extra the template's own variables, from {@code chat_template_kwargs}
 */
record ChatPrompt(List<Map<String, Object>> messages, List<Map<String, Object>> tools,
        boolean addGenerationPrompt, boolean continueFinal, boolean addSpecialTokens,
        Map<String, Object> extra) {

    static ChatPrompt read(Fields fields) {
        boolean addGenerationPrompt = fields.flag("add_generation_prompt", true);
        boolean continueFinal = fields.flag("continue_final_message", false);
        if (continueFinal && addGenerationPrompt) {
            throw ApiException.invalid("continue_final_message",
                    "'continue_final_message' needs 'add_generation_prompt' to be false.");
        }
        return new ChatPrompt(ChatMessages.read(fields), ChatMessages.tools(fields), addGenerationPrompt,
                continueFinal, fields.flag("add_special_tokens", false), fields.value("chat_template_kwargs")
                        .map(node -> ChatMessages.object(node, "chat_template_kwargs")).orElse(Map.of()));
    }

    int[] tokens(ServedModel model) { return model.tokenizer().encode(render(model), addSpecialTokens); }

    private String render(ServedModel model) {
        ChatTemplate template = model.template()
                .orElseThrow(() -> ApiException.invalid("messages", "The model `" + model.name()
                        + "` has no chat template. Use /v1/completions, or a model folder that has one."));
        try {
            String text = template.render(messages, tools, addGenerationPrompt, extra);
            return continueFinal ? openEnded(text) : text;
        } catch (TemplateException e) {
            throw ApiException.invalid("messages",
                    "The model's chat template refused the messages: " + e.getMessage());
        }
    }

    /** The text up to the end of the last message's content, so that the model goes on with it. */
    private String openEnded(String text) {
        String content = String.valueOf(messages.getLast().get("content")).strip();
        int at = text.lastIndexOf(content);
        if (at < 0) {
            throw ApiException.invalid("continue_final_message",
                    "The chat template does not show the last message, so that it cannot be continued.");
        }
        return text.substring(0, at + content.length());
    }
}
