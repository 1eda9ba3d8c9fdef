package dev.pigou.bench.load.workload;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * Short common words and how many tokens each of them is, in the middle of a text and at its start. Passages are made up
 * from them, separated by spaces.
 *
 * <p>{@link #measured} gives passages the exact number of tokens wherever a tokenizer treats each word by itself, as
 * byte-level BPE does; a passage of one token among words of several is left out or one token short of a word. What
 * a server adds, such as a begin-of-text token or a chat template, comes on top.
 */
public final class Lexicon {
    private static final String[] WORDS = """
            a I of to in it is be as at so we he by or on do if me my up an go no us am
            the and you for are but not had has was all any one man out day get him his how her new now old see two
            way who boy did its let put say she too use time that with have this will your from they know want been
            good much some come very when here just like long make many more only over such take than them well were
            what work year back call came each even find give hand help high home keep kind last left life line live
            look most move must name need next open part play read right said same seem side small still tell thing
            think three turn under until water where which while white word world would write about after again air
            also another around away because before below between both change city close could country cross different
            down earth end every eye face family far father feet few first food four girl great group grow hard head
            house idea large later learn letter light list might mother mountain never night number often other own
            page paper people place plant point run school sea second sentence set show should sound spell state stop
            story study sun talk their then these thought through together tree try upon walk watch went young
            """
            .split("\\s+");

    private final int[] tokens;
    private final int[] tokensAtStart;
    private final int fewest;

    private Lexicon(int[] tokens, int[] tokensAtStart) {
        this.tokens = tokens;
        this.tokensAtStart = tokensAtStart;
        fewest = Arrays.stream(tokens).min().orElseThrow();
    }

    /** Takes a word for a token: about right for large English vocabularies. */
    public static Lexicon estimated() {
        int[] ones = new int[WORDS.length];
        Arrays.fill(ones, 1);
        return new Lexicon(ones, ones);
    }

    /**
     * Counts the tokens of each word.
     *
     * @param countTokens of a text, special tokens not added
     */
    public static Lexicon measured(ToIntFunction<String> countTokens) {
        String before = WORDS[0];
        int own = countTokens.applyAsInt(before);
        int[] within = Arrays.stream(WORDS)
                .mapToInt(word -> Math.max(1, countTokens.applyAsInt(before + " " + word) - own)).toArray();
        int[] atStart = Arrays.stream(WORDS).mapToInt(word -> Math.max(1, countTokens.applyAsInt(word)))
                .toArray();
        return new Lexicon(within, atStart);
    }

    /** Appends a passage's words. */
    void append(StringBuilder text, Passage passage) {
        var random = new SplittableRandom(passage.key());
        int left = passage.tokens();
        while (left > 0) {
            boolean start = text.isEmpty();
            int word = fitting(random.nextInt(WORDS.length), start ? tokensAtStart : tokens, left);
            if (word < 0) {
                return;
            }
            text.append(start ? "" : " ").append(WORDS[word]);
            left -= (start ? tokensAtStart : tokens)[word];
        }
    }

    /** This word or the next one that fits into the room left, and fills it or leaves enough for another; -1 if none. */
    private int fitting(int from, int[] cost, int left) {
        for (int i = 0; i < WORDS.length; i++) {
            int word = (from + i) % WORDS.length;
            int after = left - cost[word];
            if (after == 0 || after >= fewest) {
                return word;
            }
        }
        return -1;
    }
}
