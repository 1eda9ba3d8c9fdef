package dev.pigou.engine.demo;

import dev.pigou.engine.torch.Trainer;
import java.util.Arrays;
import java.util.List;

/**
 * Chats side by side, padded on the right to one length.
 *
 * @param inputs token ids, one array a chat
 * @param targets the token each position should produce, or {@link Trainer#IGNORED}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier to the trainer; nobody compares two of them
record Batch(int[][] inputs, int[][] targets) {
    static Batch of(List<ChatTokens> chats, int columns) {
        var inputs = new int[chats.size()][columns];
        var targets = new int[chats.size()][columns];
        for (int row = 0; row < chats.size(); row++) {
            ChatTokens chat = chats.get(row);
            Arrays.fill(inputs[row], ByteVocabulary.END_OF_TEXT);
            Arrays.fill(targets[row], Trainer.IGNORED);
            for (int at = 0; at + 1 < chat.length(); at++) {
                inputs[row][at] = chat.id(at);
                if (chat.learned(at + 1)) {
                    targets[row][at] = chat.id(at + 1);
                }
            }
        }
        return new Batch(inputs, targets);
    }

    /** Positions computed, padding counted in. */
    int tokens() { return inputs.length * inputs[0].length; }
}
