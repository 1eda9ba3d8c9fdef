package dev.pigou.engine.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Putting things in order: three or four are easy, five or more are hard. */
final class Sorting {
    private static final double DOWNWARD = 0.25;

    private Sorting() {}

    static final class Numbers implements Task {
        @Override
        public String name() { return "sort-numbers"; }

        @Override
        public Question draw(Band band, Draws draws) {
            boolean easy = band == Band.EASY;
            int count = easy ? draws.between(3, 4) : draws.between(5, 6);
            List<Integer> numbers = distinct(count, () -> draws.number(draws.between(1, easy ? 2 : 3)));
            boolean down = draws.chance(DOWNWARD);
            String list = joined(numbers);
            String text = down
                    ? draws.oneOf("Sort " + list + " from largest to smallest.",
                            "Sort in descending order: " + list,
                            "Sort these numbers in descending order: " + list + ".")
                    : draws.oneOf("Sort " + list + ".", "Sort these numbers: " + list, "sort " + list,
                            "Put these numbers in order: " + list + ".",
                            "Sort " + list + " from smallest to largest.",
                            "Sort in ascending order: " + list);
            return question(this, band, down, list, text, joined(sorted(numbers, down)));
        }
    }

    static final class Letters implements Task {
        @Override
        public String name() { return "sort-letters"; }

        @Override
        public Question draw(Band band, Draws draws) {
            int count = band == Band.EASY ? draws.between(3, 4) : draws.between(5, 8);
            List<Character> letters = distinct(count, draws::letter);
            boolean down = draws.chance(DOWNWARD);
            String list = joined(letters);
            String text = down
                    ? draws.oneOf("Sort the letters " + list + " from z to a.",
                            "Sort these letters in reverse alphabetical order: " + list + ".")
                    : draws.oneOf("Sort the letters " + list + ".", "Sort these letters: " + list,
                            "sort " + list, "Put these letters in alphabetical order: " + list + ".",
                            "Sort " + list + " from a to z.");
            return question(this, band, down, list, text, joined(sorted(letters, down)));
        }
    }

    private static Question question(Task task, Band band, boolean down, String list, String text,
            String answer) {
        String subject = task.name() + (down ? " down " : " up ") + list;
        return new Question(task.name(), band, subject, text, (down ? "sort down " : "sort ") + list + "=",
                answer);
    }

    private static <T> List<T> distinct(int count, Supplier<T> draw) {
        var drawn = new ArrayList<T>();
        while (drawn.size() < count) {
            T next = draw.get();
            if (!drawn.contains(next)) {
                drawn.add(next);
            }
        }
        return drawn;
    }

    private static <T extends Comparable<T>> List<T> sorted(List<T> values, boolean down) {
        var copy = new ArrayList<>(values);
        copy.sort(down ? Collections.reverseOrder() : Comparator.naturalOrder());
        return copy;
    }

    private static String joined(List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
