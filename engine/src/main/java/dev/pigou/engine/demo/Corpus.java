package dev.pigou.engine.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An endless, seeded stream of chats to learn from; questions that are held out never occur in it. */
final class Corpus {
    /** A task and how often it is asked, relative to the others. */
    private record Weighted(Task task, int weight) {}

    private static final List<Weighted> TASKS = List.of(new Weighted(new Arithmetic.Sum(), 20),
            new Weighted(new Arithmetic.Difference(), 20), new Weighted(new Sorting.Numbers(), 16),
            new Weighted(new Sorting.Letters(), 10), new Weighted(new Reversing(), 10),
            new Weighted(new Counting.Letters(), 7), new Weighted(new Counting.Occurrences(), 9),
            new Weighted(new Copying(), 8));
    private static final int TOTAL_WEIGHT = TASKS.stream().mapToInt(Weighted::weight).sum();
    private static final double SMALL_TALK = 0.05;
    private static final double INTRODUCTIONS = 0.02;
    private static final double SYSTEM_MESSAGES = 0.15;
    private static final List<String> SYSTEM = List.of("You are a helpful assistant.", "You are Pigou.",
            "Answer briefly.", "You are a helpful, honest assistant. Keep your answers short.",
            "You are a calculator.");

    private final Draws draws;

    Corpus(long seed) { draws = new Draws(seed); }

    static List<Task> tasks() { return TASKS.stream().map(Weighted::task).toList(); }

    /** @param hardShare how many of the questions are hard, between 0 and 1 */
    Conversation next(double hardShare) {
        Optional<String> system = draws.chance(SYSTEM_MESSAGES)
                ? Optional.of(draws.oneOf(SYSTEM))
                : Optional.empty();
        int count = draws.chance(0.5) ? 1 : draws.between(2, 4);
        var turns = new ArrayList<Turn>();
        for (int i = 0; i < count; i++) {
            turns.add(draws.chance(SMALL_TALK) ? SmallTalk.draw(draws) : Turn.of(question(hardShare)));
        }
        if (draws.chance(INTRODUCTIONS)) {
            List<Turn> introduction = SmallTalk.introduction(draws);
            turns.addFirst(introduction.getFirst());
            turns.addLast(introduction.getLast());
        }
        return new Conversation(system, turns);
    }

    private Question question(double hardShare) {
        while (true) {
            Question drawn = task().draw(draws.chance(hardShare) ? Band.HARD : Band.EASY, draws);
            if (Split.of(drawn) == Split.TRAINING) {
                return drawn;
            }
        }
    }

    private Task task() {
        int ticket = draws.between(0, TOTAL_WEIGHT - 1);
        for (Weighted weighted : TASKS) {
            ticket -= weighted.weight();
            if (ticket < 0) {
                return weighted.task();
            }
        }
        throw new AssertionError("the ticket is below the total weight");
    }
}
