package dev.pigou.engine.text;

import java.util.Arrays;

/**
 * Turns the tokens of one choice into text as they come, a whole number of characters at a time. Not safe for use
 * by several threads.
 *
 * <p>A tokenizer's decoder may look at a token's neighbours: the bytes of one character can lie in several tokens,
 * and the first token's leading space may be dropped. So a token is decoded behind a short context of tokens whose
 * text is already out, and what the context alone decodes to is cut off again:
 *
 * <pre>
 *   ids      ... | context     | pending          |      decode(context)            = "lo"
 *   text     ... | given out   | given out | held |      decode(context + pending)  = "lo wor�"
 * </pre>
 *
 * <p>Invariants between calls. I1: text given out is never changed by later tokens. I2: at most
 * {@value #MAX_HELD} characters are held, all of them U+FFFD at the end of the text, which later tokens may complete.
 * I3: context and pending together are at most {@value #MAX_WINDOW} tokens, so a token costs O(1).
 */
public final class IncrementalDetokenizer {
    private static final char REPLACEMENT = '\uFFFD';
    /** A character has at most four bytes, so no more than three can be waiting for the last. */
    private static final int MAX_HELD = 3;
    /** Tokens after which a window without a clean end is cut down; reached only by text that is not UTF-8. */
    private static final int MAX_WINDOW = 32;
    /**
     * Tokens such a window is cut down to. UTF-8 finds its step again within three bytes wherever one starts to read,
     * and the twelve or more after those decode to at least {@value #MAX_HELD} characters.
     */
    private static final int CUT_WINDOW = 16;

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private final int[] window = new int[MAX_WINDOW];
    private int windowLength;
    private int contextLength;
    private String contextText = "";
    /** What the whole window decoded to, without {@link #contextText} before it. */
    private String pendingText = "";
    /** How many characters of {@link #pendingText} have been given out. */
    private int given;

    /** A detokenizer for one choice; special tokens leave no text if they are to be skipped. */
    public IncrementalDetokenizer(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /** Takes the next token and gives out the text that has become certain, often empty. */
    public String push(int token) {
        window[windowLength++] = token;
        String text = decodePending();
        if (text.equals(pendingText) && leavesNoText(token)) {
            windowLength--;
            return "";
        }
        String delta = give(text, text.length() < pendingText.length() ? 0 : held(text));
        if (given == text.length() && !text.isEmpty()) {
            commit();
        } else if (windowLength == MAX_WINDOW) {
            delta += cut();
        }
        return delta;
    }

    /** No token follows: gives out what was held, U+FFFD in place of a character that was never completed. */
    public String finish() {
        String rest = pendingText.substring(given);
        given = pendingText.length();
        return rest;
    }

    /**
     * Text of the pending tokens in their place behind the context. A byte-fallback decoder takes a run of byte tokens
     * as a whole, and replaces every byte of it if it is not UTF-8; where pending bytes spoil the context's in this
     * way they are decoded by themselves, for the context's text is out.
     */
    private String decodePending() {
        String text = decode(0);
        if (!text.startsWith(contextText)) {
            return decode(contextLength);
        }
        String behind = text.substring(contextText.length());
        if (contextText.isEmpty() || contextText.charAt(contextText.length() - 1) != REPLACEMENT) {
            return behind;
        }
        // The context is U+FFFD itself, so being spoiled does not show, but for the length: more than a space is added.
        String alone = decode(contextLength);
        return behind.length() <= alone.length() + 1 ? behind : alone;
    }

    private String decode(int from) {
        return tokenizer.decode(Arrays.copyOfRange(window, from, windowLength), skipSpecialTokens);
    }

    /** Skipped special tokens and ids the vocabulary lacks must not become context, where they would be no context. */
    private boolean leavesNoText(int token) {
        return tokenizer.token(token).isEmpty() || (skipSpecialTokens && isSpecial(token));
    }

    private boolean isSpecial(int token) {
        int[] alone = {token};
        return tokenizer.decode(alone, true).isEmpty() && !tokenizer.decode(alone, false).isEmpty();
    }

    private String give(String text, int held) {
        int certain = text.length() - held;
        String delta = certain > given ? text.substring(given, certain) : "";
        given = Math.max(given, certain);
        pendingText = text;
        return delta;
    }

    /**
     * How much of the text's end may yet change. Text that got shorter by a token needs no such doubt: byte tokens,
     * each replaced as long as they were no character, have become one, be it U+FFFD itself.
     */
    private static int held(String text) {
        int held = 0;
        while (held < MAX_HELD && held < text.length()
                && text.charAt(text.length() - 1 - held) == REPLACEMENT) {
            held++;
        }
        return held;
    }

    /** The text ends with a whole character: the pending tokens become the context of the next. */
    private void commit() {
        keepLast(Math.min(windowLength - contextLength, CUT_WINDOW));
        contextLength = windowLength;
        contextText = decode(0);
        pendingText = "";
        given = 0;
    }

    /**
     * Forgets the oldest tokens of text that does not end cleanly, and the context with them. A run of byte tokens may
     * be sound without its beginning, and then no longer waits for anything: what was held of it is returned.
     */
    private String cut() {
        String waiting = pendingText.substring(given);
        keepLast(CUT_WINDOW);
        contextLength = 0;
        contextText = "";
        pendingText = decode(0);
        int held = Math.min(held(pendingText), waiting.length());
        given = pendingText.length() - held;
        return waiting.substring(held);
    }

    private void keepLast(int tokens) {
        System.arraycopy(window, windowLength - tokens, window, 0, tokens);
        windowLength = tokens;
    }
}
