package dev.pigou.engine.openai;

/** What a request used, in tokens. A prompt counts once, however many choices continue it. */
record Usage(int promptTokens, int completionTokens, int totalTokens,
        PromptTokensDetails promptTokensDetails) {
    static Usage of(int prompt, int completion, int cached) {
        return new Usage(prompt, completion, prompt + completion, new PromptTokensDetails(cached));
    }

    /** @param cachedTokens prompt tokens that were not computed again */
    record PromptTokensDetails(int cachedTokens) {}
}
