package dev.pigou.engine.text;

/** Text to token ids and back. Safe for use by several threads. */
public interface Tokenizer extends AutoCloseable {
    /**
     * The ids of a text.
     *
     * @param addSpecialTokens true adds what the tokenizer's post-processor adds (a begin-of-text token, say); special
     *     tokens written out in the text are recognised either way
     */
    int[] encode(String text, boolean addSpecialTokens);

    /** Bytes that are not valid UTF-8 come out as U+FFFD. */
    String decode(int[] ids, boolean skipSpecialTokens);

    /** How the vocabulary writes one token, or an empty string for an id it does not have. */
    String token(int id);

    /** One past the greatest id the tokenizer knows, added tokens included. */
    int vocabSize();

    @Override
    void close();
}
