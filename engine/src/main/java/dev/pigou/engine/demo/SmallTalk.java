package dev.pigou.engine.demo;

import java.util.List;
import java.util.Locale;

/** Fixed lines, so that a first chat feels sane. Nothing here is held out or scored. */
final class SmallTalk {
    private static final String SKILLS = "I can add and subtract, sort, reverse a word, count letters and find a value in a line.";
    private static final String LOST = "I am only a small demo model. " + SKILLS;

    private record Lines(String answer, List<String> questions) {}

    private static final List<Lines> LINES = List.of(
            new Lines("Hello! Ask me for a sum, or to sort some numbers.",
                    List.of("Hello", "Hi", "Hey", "Hello!", "Hi there", "Good morning", "Good evening",
                            "Hello there!", "Hi!")),
            new Lines("I am Pigou's demo model, a small toy trained on a few tasks.",
                    List.of("Who are you?", "What are you?", "What is your name?", "Introduce yourself.",
                            "Which model are you?", "Tell me about yourself.")),
            new Lines(SKILLS,
                    List.of("What can you do?", "Help", "How can you help me?", "What do you know?",
                            "What are you good at?", "What should I ask you?")),
            new Lines("You are welcome!",
                    List.of("Thanks", "Thank you", "Thanks!", "Thank you very much!", "Great, thanks.")),
            new Lines("I am fine, thank you.",
                    List.of("How are you?", "How are you doing?", "How is it going?")),
            new Lines("Goodbye!", List.of("Bye", "Goodbye", "See you", "Good night", "Bye bye!")),
            new Lines(LOST, List.of("What is the capital of France?", "Tell me a joke.", "Write a poem.",
                    "Who is the president?", "What is the weather today?", "Write a story about a dragon.",
                    "What time is it?", "Explain quantum mechanics.", "What is the meaning of life?",
                    "Translate this to German.", "Write a Python program.", "Who wrote Hamlet?",
                    "What is love?", "Tell me a story.", "How do I cook pasta?", "Why is the sky blue?",
                    "What is an LLM?", "Sing a song.", "What is the price of gold?", "What is economics?",
                    "Who was Arthur Pigou?", "Explain how a computer works.", "Give me some advice.",
                    "What is your favorite color?")));

    private SmallTalk() {}

    static Turn draw(Draws draws) {
        Lines lines = draws.oneOf(LINES);
        String question = draws.oneOf(lines.questions());
        if (draws.chance(0.3)) {
            question = question.toLowerCase(Locale.ROOT);
        }
        if (draws.chance(0.2) && !Character.isLetter(question.charAt(question.length() - 1))) {
            question = question.substring(0, question.length() - 1);
        }
        return new Turn(question, lines.answer());
    }

    /** The user says a name in the first turn and asks for it in the last. */
    static List<Turn> introduction(Draws draws) {
        String word = draws.word(3, 7);
        String name = Character.toUpperCase(word.charAt(0)) + word.substring(1);
        return List.of(
                new Turn(draws.oneOf("My name is " + name + ".", "I am " + name + ".",
                        "Hi, I'm " + name + "!"), "Nice to meet you, " + name + "."),
                new Turn(draws.oneOf("What is my name?", "Who am I?", "Do you remember my name?"),
                        "Your name is " + name + "."));
    }
}
