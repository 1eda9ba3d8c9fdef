package dev.pigou.engine.demo;

import java.util.List;

/**
 * Questions in their brief form and their answers, one a line. A drill spends few tokens on each answer, so that the
 * model learns the tasks there and the many ways to ask in a {@link Conversation}.
 */
record Drill(List<Question> questions) implements Chat {
    /** What the user says to start one. */
    static final String REQUEST = "Practise.";

    Drill {
        questions = List.copyOf(questions);
    }
}
