package dev.pigou.engine.openai;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /tokenize} and {@code /detokenize}, in vLLM's shapes. */
final class TokenizeService {
    private final ServedModel model;

    TokenizeService(ServedModel model) { this.model = model; }

    Object tokenize(Fields fields) {
        ModelName.read(fields, model);
        int[] tokens = fields.value("messages").isPresent()
                ? ChatPrompt.read(fields).tokens(model)
                : model.tokenizer().encode(prompt(fields), fields.flag("add_special_tokens", true));
        List<String> strings = fields.flag("return_token_strs", false)
                ? Arrays.stream(tokens).mapToObj(model.tokenizer()::token).toList()
                : null;
        return new Tokens(tokens.length, model.limits().maxModelLen(), tokens, strings);
    }

    Object detokenize(Fields fields) {
        ModelName.read(fields, model);
        if (fields.value("tokens").isEmpty()) {
            throw ApiException.invalid("tokens", "'tokens' is missing.");
        }
        int[] tokens = fields.tokens("tokens", model.limits().vocabSize());
        return new Text(model.tokenizer().decode(tokens, false));
    }

    private static String prompt(Fields fields) {
        return fields.string("prompt")
                .orElseThrow(() -> ApiException.invalid("prompt", "'prompt' or 'messages' is needed."));
    }

    @SuppressWarnings("ArrayRecordComponent") // on its way to JSON; nobody compares two of them
    private record Tokens(int count, int maxModelLen, int[] tokens, @Nullable List<String> tokenStrs) {}

    private record Text(String prompt) {}
}
