package dev.pigou.engine.text;

import java.util.List;

/**
 * Looks for stop strings in the text of one choice as it grows, and holds back what may turn out to begin one.
 * Not safe for use by several threads.
 *
 * <p>The stop string that is complete first wins, whatever the borders between the tokens; of several complete at
 * the same character, the longest. Text given out is never taken back.
 */
public final class StopStrings {
    private final List<Pattern> patterns;
    private final boolean includeStop;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * A matcher for one choice.
     *
     * @param includeStop true gives out the stop string too ({@code include_stop_str_in_output}), false only what
     *     stands before it
     * @throws IllegalArgumentException if a stop string is empty
     */
    public StopStrings(List<String> stops, boolean includeStop) {
        patterns = stops.stream().map(Pattern::new).toList();
        this.includeStop = includeStop;
    }

    /** Takes the next piece of text and gives out what is now certain to belong to the answer. */
    public String push(String delta) {
        if (stopped) {
            return "";
        }
        if (patterns.isEmpty()) {
            return delta;
        }
        for (int i = 0; i < delta.length(); i++) {
            held.append(delta.charAt(i));
            int complete = advance(delta.charAt(i));
            if (complete > 0) {
                stopped = true;
                return release(includeStop ? held.length() : held.length() - complete);
            }
        }
        int longest = 0;
        for (Pattern pattern : patterns) {
            longest = Math.max(longest, pattern.matched);
        }
        return release(held.length() - longest);
    }

    /** True once a stop string was complete; from then on every piece of text is dropped. */
    public boolean stopped() {
        return stopped;
    }

    /** The answer ended for another reason: what was held back is not a stop string and belongs to the answer. */
    public String finish() {
        return stopped ? "" : release(held.length());
    }

    /** Length of the longest stop string that ends with this character, 0 if none does. */
    private int advance(char c) {
        int complete = 0;
        for (Pattern pattern : patterns) {
            if (pattern.advance(c)) {
                complete = Math.max(complete, pattern.text.length());
            }
        }
        return complete;
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** One stop string with its Knuth-Morris-Pratt automaton: each character of text costs O(1) amortised. */
    private static final class Pattern {
        final String text;
        /** {@code border[n]}: length of the longest proper border of the first {@code n} characters. */
        private final int[] border;
        /** How many characters of the stop string the text so far ends with; less than its length. */
        int matched;

        Pattern(String text) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("stop: a stop string must not be empty");
            }
            this.text = text;
            border = new int[text.length() + 1];
            for (int n = 2; n <= text.length(); n++) {
                border[n] = extend(border[n - 1], text.charAt(n - 1));
            }
        }

        boolean advance(char c) {
            matched = extend(matched, c);
            return matched == text.length();
        }

        private int extend(int length, char c) {
            int candidate = length;
            while (candidate > 0 && text.charAt(candidate) != c) {
                candidate = border[candidate];
            }
            return text.charAt(candidate) == c ? candidate + 1 : 0;
        }
    }
}
