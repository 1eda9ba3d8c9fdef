package dev.pigou.engine.demo;

/** Counting in a word: up to five letters are easy, up to ten are hard. */
final class Counting {
    private Counting() {}

    static final class Letters implements Task {
        @Override
        public String name() { return "count-letters"; }

        @Override
        public Question draw(Band band, Draws draws) {
            String word = band == Band.EASY ? draws.word(3, 5) : draws.word(6, 10);
            String text = draws.oneOf("How many letters are in " + word + "?",
                    "How many letters are in the word " + word + "?",
                    "How many letters does " + word + " have?", "Count the letters in " + word + ".",
                    "How long is the word " + word + "?");
            return new Question(name(), band, "letters " + word, text, "letters " + word + "=",
                    Integer.toString(word.length()));
        }
    }

    static final class Occurrences implements Task {
        @Override
        public String name() { return "count-occurrences"; }

        @Override
        public Question draw(Band band, Draws draws) {
            char letter = draws.letter();
            String word = withSome(letter, band == Band.EASY ? draws.word(3, 5) : draws.word(6, 10), draws);
            String text = draws.oneOf("How many times does " + letter + " occur in " + word + "?",
                    "How many times does the letter " + letter + " appear in " + word + "?",
                    "How often is " + letter + " in the word " + word + "?",
                    "Count the letter " + letter + " in " + word + ".",
                    "How many " + letter + "'s are in " + word + "?");
            long count = word.chars().filter(c -> c == letter).count();
            return new Question(name(), band, "occurrences " + letter + " " + word, text,
                    letter + " in " + word + "=", Long.toString(count));
        }

        /** Words drawn blindly would nearly always hold the letter 0 or 1 times. */
        private static String withSome(char letter, String word, Draws draws) {
            double share = draws.uniform() * 0.6;
            var mixed = new StringBuilder(word);
            for (int i = 0; i < mixed.length(); i++) {
                if (draws.chance(share)) {
                    mixed.setCharAt(i, letter);
                }
            }
            return mixed.toString();
        }
    }
}
