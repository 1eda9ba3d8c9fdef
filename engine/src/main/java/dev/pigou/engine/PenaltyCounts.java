package dev.pigou.engine;

import dev.pigou.scheduler.Sequence;
import java.util.Arrays;

/** The distinct tokens of penalised rows, with how often each was produced. Owned by the engine thread. */
final class PenaltyCounts {
    /** What {@link #forEach} hands out. */
    interface Visitor {
        void visit(int row, int token, int produced);
    }

    /** By token: times produced + 1, or 0 if not seen in the row at hand. */
    private final int[] seen;
    private int[] rows = new int[256];
    private int[] tokens = new int[256];
    private int[] produced = new int[256];
    private int size;

    PenaltyCounts(int vocabSize) { seen = new int[vocabSize]; }

    void clear() { size = 0; }

    /**
     * Adds the tokens of prompt and output; the prompt's count as seen, not as produced.
     *
     * @return how many distinct ones there are
     */
    int add(int row, Sequence sequence) {
        int first = size;
        for (int at = 0; at < sequence.length(); at++) {
            int token = sequence.token(at);
            if (seen[token] == 0) {
                append(row, token);
                seen[token] = 1;
            }
            if (at >= sequence.promptLength()) {
                seen[token]++;
            }
        }
        for (int i = first; i < size; i++) {
            produced[i] = seen[tokens[i]] - 1;
            seen[tokens[i]] = 0;
        }
        return size - first;
    }

    /** Visits the entries in the order in which their rows were added. */
    void forEach(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            visitor.visit(rows[i], tokens[i], produced[i]);
        }
    }

    private void append(int row, int token) {
        if (size == rows.length) {
            rows = Arrays.copyOf(rows, 2 * size);
            tokens = Arrays.copyOf(tokens, 2 * size);
            produced = Arrays.copyOf(produced, 2 * size);
        }
        rows[size] = row;
        tokens[size] = token;
        size++;
    }
}
