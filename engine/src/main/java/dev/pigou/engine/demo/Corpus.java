package dev.pigou.engine.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An endless, seeded stream of chats to learn from; questions that are held out never occur in it. */
final class Corpus {
    /** A task and how often it is asked, relative to the others. */
    private record Weighted(Task task, int weight) {}

    private static final List<Weighted> TASKS = List.of(new Weighted(new Arithmetic.Sum(), 30),
            new Weighted(new Arithmetic.Difference(), 24), new Weighted(new Sorting.Numbers(), 12),
            new Weighted(new Sorting.Letters(), 8), new Weighted(new Reversing(), 10),
            new Weighted(new Counting.Letters(), 6), new Weighted(new Counting.Occurrences(), 8),
            new Weighted(new Copying(), 8));
    private static final int TOTAL_WEIGHT = TASKS.stream().mapToInt(Weighted::weight).sum();
    private static final int DRILL_LETTERS = 120;
    private static final double SMALL_TALK = 0.05;
    private static final double INTRODUCTIONS = 0.02;
    private static final double SYSTEM_MESSAGES = 0.15;
    private static final List<String> SYSTEM = List.of("You are a helpful assistant.", "You are Pigou.",
            "Answer briefly.", "You are a helpful, honest assistant. Keep your answers short.",
            "You are a calculator.");

    private final Draws draws;

    Corpus(long seed) { draws = new Draws(seed); }

    static List<Task> tasks() { return TASKS.stream().map(Weighted::task).toList(); }

    Chat next(Mix mix) { return draws.chance(mix.drillShare()) ? drill(mix) : conversation(mix); }

    private Drill drill(Mix mix) {
        var questions = new ArrayList<Question>();
        int letters = 0;
        while (letters < DRILL_LETTERS) {
            Question question = question(mix);
            questions.add(question);
            letters += question.brief().length() + question.answer().length() + 1;
        }
        return new Drill(questions);
    }

    private Conversation conversation(Mix mix) {
        Optional<String> system = draws.chance(SYSTEM_MESSAGES)
                ? Optional.of(draws.oneOf(SYSTEM))
                : Optional.empty();
        int count = draws.chance(0.5) ? 1 : draws.between(2, 4);
        var turns = new ArrayList<Turn>();
        for (int i = 0; i < count; i++) {
            turns.add(draws.chance(SMALL_TALK) ? SmallTalk.draw(draws) : Turn.of(question(mix)));
        }
        if (draws.chance(INTRODUCTIONS)) {
            List<Turn> introduction = SmallTalk.introduction(draws);
            turns.addFirst(introduction.getFirst());
            turns.addLast(introduction.getLast());
        }
        return new Conversation(system, turns);
    }

    private Question question(Mix mix) {
        while (true) {
            Question drawn = task().draw(draws.chance(mix.hardShare()) ? Band.HARD : Band.EASY, draws);
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
