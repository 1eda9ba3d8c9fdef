package dev.pigou.engine.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a request used, in tokens. A prompt counts once, however many choices continue it.
 *
 * @param pigou what it cost; known only at the end
 */
record Usage(int promptTokens, int completionTokens, int totalTokens, PromptTokensDetails promptTokensDetails,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CreditUsage pigou) {
    static Usage of(int prompt, int completion, int cached) {
        return new Usage(prompt, completion, prompt + completion, new PromptTokensDetails(cached), null);
    }

    Usage charged(CreditUsage cost) {
        return new Usage(promptTokens, completionTokens, totalTokens, promptTokensDetails, cost);
    }

    /** @param cachedTokens prompt tokens that were not computed again */
    record PromptTokensDetails(int cachedTokens) {}
}
