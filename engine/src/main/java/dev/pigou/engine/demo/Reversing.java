package dev.pigou.engine.demo;

/** A word backwards: up to five letters are easy, up to eight are hard. */
final class Reversing implements Task {
    @Override
    public String name() { return "reverse"; }

    @Override
    public Question draw(Band band, Draws draws) {
        String word = band == Band.EASY ? draws.word(3, 5) : draws.word(6, 8);
        String text = draws.oneOf("Reverse the word " + word + ".", "Reverse " + word,
                "reverse the word " + word, "Spell " + word + " backwards.",
                "What is " + word + " backwards?", "Write the word " + word + " in reverse.",
                "Reverse the word \"" + word + "\".");
        return new Question(name(), band, "reverse " + word, text, "reverse " + word + "=",
                new StringBuilder(word).reverse().toString());
    }
}
