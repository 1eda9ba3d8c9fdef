package dev.pigou.engine.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tokens of a byte-level BPE: ids 0 to 255 are the bytes, then one token for each merge, then fillers,
 * then the special tokens, which have the highest ids.
 */
public final class ByteLevelVocabulary {
    public static final int BYTES = 256;

    private final List<String> merges;
    private final List<String> specialTokens;
    private final Map<String, Integer> plain = new LinkedHashMap<>();

    /**
     * Lays out a vocabulary of exactly {@code size} tokens.
     *
     * @param merges in order of priority, both halves in GPT-2's byte alphabet with a space between
     * @param specialTokens whose ids are size - specialTokens.size() and up, in this order
     * @throws IllegalArgumentException if that is too small for the bytes, merges and special tokens, or if
     *     one of them is there twice
     */
    public ByteLevelVocabulary(List<String> merges, List<String> specialTokens, int size) {
        this.merges = List.copyOf(merges);
        this.specialTokens = List.copyOf(specialTokens);
        int smallest = BYTES + merges.size() + specialTokens.size();
        if (size < smallest) {
            throw new IllegalArgumentException("vocab_size is " + size + ", but must be at least " + smallest
                    + " for " + BYTES + " bytes, " + merges.size() + " merges and " + specialTokens.size()
                    + " special tokens");
        }
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < BYTES; b++) {
            tokens.add(String.valueOf(symbol(b)));
        }
        merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
        while (tokens.size() < size - specialTokens.size()) {
            tokens.add("<|filler_" + tokens.size() + "|>");
        }
        tokens.forEach(token -> plain.put(token, plain.size()));
        Set<String> all = new HashSet<>(plain.keySet());
        all.addAll(specialTokens);
        if (all.size() != size) {
            throw new IllegalArgumentException("a token is there twice among the merges and special tokens");
        }
    }

    /** Bytes, merged tokens and fillers by id; special tokens are not among them. */
    Map<String, Integer> plain() {
        return plain;
    }

    public List<String> merges() { return merges; }

    public List<String> specialTokens() { return specialTokens; }

    /** The id of a special token. */
    public int specialId(String token) {
        int index = specialTokens.indexOf(token);
        if (index < 0) {
            throw new IllegalArgumentException(token + " is not one of the special tokens " + specialTokens);
        }
        return plain.size() + index;
    }

    public int size() { return plain.size() + specialTokens.size(); }

    /**
     * GPT-2's printable stand-in for a byte: itself if it is a visible Latin-1 character, else the next free
     * one from U+0100 up.
     */
    static char symbol(int b) {
        if (visible(b)) {
            return (char) b;
        }
        int stand = 256;
        for (int before = 0; before < b; before++) {
            stand += visible(before) ? 0 : 1;
        }
        return (char) stand;
    }

    private static boolean visible(int b) {
        return (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
    }
}
