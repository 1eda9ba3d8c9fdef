package dev.pigou.engine.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cuts a corpus into batches of about as many tokens each. Chats of like length go together, for padding is computed
 * too, and a length allows only one shape: the kernels are compiled anew for every shape they meet.
 */
final class Batches {
    /** Longer chats are left out. */
    static final int MAX_CHAT_TOKENS = 384;

    private final Corpus corpus;
    private final int batchTokens;
    private final Map<Integer, List<ChatTokens>> waiting = new TreeMap<>();

    Batches(Corpus corpus, int batchTokens) {
        this.corpus = corpus;
        this.batchTokens = batchTokens;
    }

    /** Draws chats until those of one length fill a batch. */
    Batch next(Mix mix) {
        while (true) {
            ChatTokens chat = ChatTokens.of(corpus.next(mix));
            if (chat.length() > MAX_CHAT_TOKENS) {
                continue;
            }
            int columns = columns(chat);
            List<ChatTokens> rows = waiting.computeIfAbsent(columns, _ -> new ArrayList<>());
            rows.add(chat);
            if (rows.size() == Math.max(1, batchTokens / columns)) {
                waiting.remove(columns);
                return Batch.of(rows, columns);
            }
        }
    }

    /** The length a chat is padded to: 18 different ones in all. */
    private static int columns(ChatTokens chat) {
        int step = chat.length() <= 160 ? 16 : 32;
        return Math.ceilDiv(chat.length() - 1, step) * step;
    }
}
