package dev.pigou.kvcache;

import java.util.Arrays;

/**
 * The least of the contenders that take part: a tree of matches. To join or to leave takes a match on each level at most;
 * the winner is known at any time. Of equals the one with the lower number wins. Owned by one thread.
 *
 * <ul>
 * <li>I20: each match was won by the better of the winners below it, and those that take part are in the lowest row.
 * </ul>
 */
final class Tournament {
    static final int NOBODY = -1;

    private final double[] score;
    /** Match i is between the winners of 2i and 2i + 1; the lowest row are the contenders themselves. */
    private final int[] winner;

    /** @param score by contender; as many as a power of two. When it changes, {@link #replay} */
    Tournament(double[] score) {
        this.score = score;
        winner = new int[2 * score.length];
        Arrays.fill(winner, NOBODY);
    }

    boolean takesPart(int contender) { return winner[score.length + contender] != NOBODY; }

    /** The least contender, or {@link #NOBODY}. */
    int least() { return winner[1]; }

    void join(int contender) { put(contender, contender); }

    void leave(int contender) { put(contender, NOBODY); }

    private void put(int contender, int who) {
        int match = score.length + contender;
        winner[match] = who;
        for (match /= 2; match > 0; match /= 2) {
            int won = won(match);
            if (won == winner[match]) {
                return;
            }
            winner[match] = won;
        }
    }

    /** Plays all matches again, because scores are others now. */
    void replay() {
        for (int match = score.length - 1; match > 0; match--) {
            winner[match] = won(match);
        }
    }

    private int won(int match) {
        int left = winner[2 * match];
        int right = winner[2 * match + 1];
        if (left == NOBODY || right == NOBODY) {
            return Math.max(left, right);
        }
        return score[right] < score[left] ? right : left;
    }

    /** Checks I20. */
    void checkInvariants() {
        for (int match = score.length - 1; match > 0; match--) {
            InvariantViolation.require(winner[match] == won(match), "I20: the better won", match,
                    winner[match]);
        }
    }
}
