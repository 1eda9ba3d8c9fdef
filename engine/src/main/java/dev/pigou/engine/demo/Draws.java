package dev.pigou.engine.demo;

import java.util.List;
import java.util.SplittableRandom;

/** Seeded choices. */
final class Draws {
    private static final String CONSONANTS = "bcdfghjklmnpqrstvwxyz";
    private static final String VOWELS = "aeiou";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    private final SplittableRandom random;

    Draws(long seed) { random = new SplittableRandom(seed); }

    /** A whole number in [from, to]. */
    int between(int from, int to) { return random.nextInt(from, to + 1); }

    boolean chance(double probability) { return random.nextDouble() < probability; }

    double uniform() { return random.nextDouble(); }

    <T> T oneOf(List<T> options) { return options.get(random.nextInt(options.size())); }

    String oneOf(String... options) { return options[random.nextInt(options.length)]; }

    /** A number with this many digits, the first of them not 0 unless it is the only one. */
    int number(int digits) {
        int bound = (int) Math.pow(10, digits);
        return random.nextInt(digits == 1 ? 0 : bound / 10, bound);
    }

    char letter() { return letterOf(LETTERS); }

    /** A word nobody uses: mostly one that can be spoken, sometimes any letters at all. */
    String word(int minLetters, int maxLetters) {
        int letters = between(minLetters, maxLetters);
        boolean spoken = chance(0.6);
        boolean vowel = chance(0.4);
        var word = new StringBuilder();
        while (word.length() < letters) {
            word.append(spoken ? letterOf(vowel ? VOWELS : CONSONANTS) : letter());
            vowel = vowel ? chance(0.15) : chance(0.8);
        }
        return word.toString();
    }

    private char letterOf(String letters) { return letters.charAt(random.nextInt(letters.length())); }
}
