package dev.pigou.bench.load.client;

/** Which of OpenAI's two ways of asking for text. */
public enum Api {
    /** The prompt is a text or token ids. */
    COMPLETIONS("/v1/completions"),
    /** The prompt is a list of messages. */
    CHAT("/v1/chat/completions");

    private final String path;

    Api(String path) { this.path = path; }

    /** Where servers have it unless told otherwise. */
    public String path() { return path; }
}
