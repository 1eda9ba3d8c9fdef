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

    static ChatTokens of(Chat chat) {
        var tokens = new ChatTokens();
        switch (chat) {
            case Conversation conversation -> tokens.conversation(conversation);
            case Drill drill -> tokens.drill(drill);
        }
        return tokens;
    }

    private void conversation(Conversation conversation) {
        conversation.system().ifPresent(text -> message("system", text, false));
        for (Turn turn : conversation.turns()) {
            message("user", turn.user(), false);
            message("assistant", turn.assistant(), true);
        }
    }

    /** Only the answers and the ends of their lines are learned. */
    private void drill(Drill drill) {
        message("user", Drill.REQUEST, false);
        open("assistant");
        for (Question question : drill.questions()) {
            append(ByteVocabulary.encode(question.brief()));
            int from = length;
            append(ByteVocabulary.encode(question.answer() + "\n"));
            learned.set(from, length);
        }
        append(ByteVocabulary.END, '\n');
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
