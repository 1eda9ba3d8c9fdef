package dev.pigou.engine.demo;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A chat as tokens, and which of them the model is to learn to say: its own answers and the marks that end them. The
 * tokens are those of {@link ByteVocabulary#CHAT_TEMPLATE}.
 */
final class ChatTokens {
    private int[] ids = new int[128];
    private int length;
    private final BitSet learned = new BitSet();

    private ChatTokens() {}

    static ChatTokens of(Conversation conversation) {
        var tokens = new ChatTokens();
        conversation.system().ifPresent(text -> tokens.message("system", text, false));
        for (Turn turn : conversation.turns()) {
            tokens.message("user", turn.user(), false);
            tokens.message("assistant", turn.assistant(), true);
        }
        return tokens;
    }

    /** What the model sees before it answers a question that opens a chat. */
    static int[] prompt(String question) {
        var tokens = new ChatTokens();
        tokens.message("user", question, false);
        tokens.open("assistant");
        return Arrays.copyOf(tokens.ids, tokens.length);
    }

    int length() { return length; }

    int[] ids() { return Arrays.copyOf(ids, length); }

    int id(int position) { return ids[position]; }

    boolean learned(int position) { return learned.get(position); }

    private void message(String role, String content, boolean learn) {
        open(role);
        int from = length;
        append(ByteVocabulary.encode(content));
        append(ByteVocabulary.END);
        if (learn) {
            learned.set(from, length);
        }
        append('\n');
    }

    private void open(String role) {
        append(ByteVocabulary.START);
        append(ByteVocabulary.encode(role + "\n"));
    }

    private void append(int... more) {
        if (length + more.length > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(2 * ids.length, length + more.length));
        }
        System.arraycopy(more, 0, ids, length, more.length);
        length += more.length;
    }
}
