package dev.pigou.bench.load.client;

/** Which of OpenAI's two ways of asking for text. */
public enum Api {
    /** The prompt is a text or token ids. */
    COMPLETIONS("openai", "/v1/completions"),
    /** The prompt is a list of messages. */
    CHAT("openai-chat", "/v1/chat/completions");

    private final String backend;
    private final String path;

    Api(String backend, String path) {
        this.backend = backend;
        this.path = path;
    }

    /** As vLLM's {@code --backend} names it. */
    public String backend() { return backend; }

    /** Where servers have it unless told otherwise. */
    public String path() { return path; }
}
