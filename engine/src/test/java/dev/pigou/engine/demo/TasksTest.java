package dev.pigou.engine.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

class TasksTest {
    private static final long SEED = 20261123;
    private static final int DRAWS = 1500;
    /** Words of the phrasings, in which a drawn word may stand anywhere. */
    private static final Set<String> PHRASES = Set.of("reverse", "the", "word", "spell", "backwards", "what",
            "is", "write", "in", "how", "many", "letters", "are", "does", "have", "count", "long");

    @ParameterizedTest
    @EnumSource(Band.class)
    void everyAnswerFollowsFromItsQuestionAlone(Band band) {
        for (Question question : drawn(band)) {
            if (!question.answer().equals(solve(question))) {
                fail("seed %d: %s, but the answer is %s", SEED, question, solve(question));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Band.class)
    void questionsAndAnswersAreVisibleAscii(Band band) {
        for (Question question : drawn(band)) {
            if (!(question.text() + question.brief() + question.answer()).matches("[\\x20-\\x7e\\n]+")) {
                fail("seed %d: %s", SEED, question);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Band.class)
    void oneSubjectHasOneAnswerSoThatItCanBeHeldOut(Band band) {
        var answers = new HashMap<String, String>();
        for (Question question : drawn(band)) {
            String before = answers.putIfAbsent(question.subject(), question.answer());
            if (before != null && !before.equals(question.answer())) {
                fail("seed %d: %s, but before the answer was %s", SEED, question, before);
            }
        }
        assertThat(answers).hasSizeGreaterThan(DRAWS * Corpus.tasks().size() / 2);
    }

    private static List<Question> drawn(Band band) {
        var draws = new Draws(SEED);
        return Corpus.tasks().stream()
                .flatMap(task -> IntStream.range(0, DRAWS).mapToObj(_ -> task.draw(band, draws))).toList();
    }

    /** Works the answer out again from the words of the question. */
    private static String solve(Question question) {
        String text = question.text();
        List<String> numbers = all("\\d+", text);
        return switch (question.task()) {
            case "sum" -> String.valueOf(number(numbers, 0) + number(numbers, 1));
            case "difference" -> text.contains("from") || text.contains("away")
                    ? difference(text, numbers)
                    : String.valueOf(number(numbers, 0) - number(numbers, 1));
            case "sort-numbers" -> sorted(numbers, Comparator.comparingInt(Integer::parseInt), text);
            case "sort-letters" -> sorted(letters(text), Comparator.naturalOrder(), text);
            case "reverse" -> backwards(word(text));
            case "count-letters" -> String.valueOf(word(text).length());
            case "count-occurrences" -> occurrences(text);
            case "copy" -> copied(text);
            default -> throw new AssertionError("no solver for " + question.task());
        };
    }

    private static int number(List<String> numbers, int index) {
        return Integer.parseInt(numbers.get(index));
    }

    /** "Subtract a from b" and "Take a away from b" both name the smaller part first, or so they are phrased. */
    private static String difference(String text, List<String> numbers) {
        boolean takeAway = text.startsWith("Take");
        assertThat(takeAway || text.startsWith("Subtract")).as(text).isTrue();
        return String.valueOf(number(numbers, 1) - number(numbers, 0));
    }

    private static String sorted(List<String> values, Comparator<String> order, String text) {
        boolean down = text.contains("descending") || text.contains("largest to") || text.contains("z to a")
                || text.contains("reverse");
        return values.stream().sorted(down ? order.reversed() : order).collect(Collectors.joining(", "));
    }

    private static List<String> letters(String text) {
        return Arrays.asList(all("\\b[a-z](?:, [a-z])+\\b", text).getFirst().split(", "));
    }

    private static String word(String text) {
        var words = new HashSet<>(all("[a-z]+", text.toLowerCase(Locale.ROOT)));
        words.removeAll(PHRASES);
        assertThat(words).as(text).hasSize(1);
        return words.iterator().next();
    }

    private static String backwards(String word) {
        var reversed = new StringBuilder();
        for (int i = word.length() - 1; i >= 0; i--) {
            reversed.append(word.charAt(i));
        }
        return reversed.toString();
    }

    private static String occurrences(String text) {
        String letter = all("(?<=\\b)[a-z](?='s|\\b)", text.replace("'s", " ")).getFirst();
        String word = all("[a-z]+", text).getLast();
        return String.valueOf(word.length() - word.replace(letter, "").length());
    }

    private static String copied(String text) {
        Matcher asked = Pattern.compile("hat is the (\\w+)").matcher(text);
        assertThat(asked.find()).as(text).isTrue();
        Matcher field = Pattern.compile("\\b" + asked.group(1) + "(?:=|: )(\\w+)").matcher(text);
        assertThat(field.find()).as(text).isTrue();
        return field.group(1);
    }

    private static List<String> all(String pattern, String text) {
        var found = new ArrayList<String>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }
}
