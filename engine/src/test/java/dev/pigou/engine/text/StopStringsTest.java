package dev.pigou.engine.text;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StopStringsTest {
    @Test
    void aStopAcrossPiecesIsFoundAndNothingOfItLeaks() {
        StopStrings stops = new StopStrings(List.of("</done>"), false);
        assertThat(stops.push("answer</do")).isEqualTo("answer");
        assertThat(stops.push("ne")).isEmpty();
        assertThat(stops.push("> rest")).isEmpty();
        assertThat(stops.stopped()).isTrue();
        assertThat(stops.push("more")).isEmpty();
        assertThat(stops.finish()).isEmpty();
    }

    @Test
    void textThatOnlyLookedLikeAStopIsGivenLater() {
        StopStrings stops = new StopStrings(List.of("\n\nUser"), false);
        assertThat(stops.push("a\n\nUs")).isEqualTo("a");
        assertThat(stops.push("ual")).isEqualTo("\n\nUsual");
        assertThat(stops.push("\n")).isEmpty();
        assertThat(stops.finish()).isEqualTo("\n");
        assertThat(stops.stopped()).isFalse();
    }

    @Test
    void theStopCompleteFirstWinsAndOfTwoTheLongest() {
        assertThat(new StopStrings(List.of("abcd", "bc"), false).push("xabcd")).isEqualTo("xa");
        assertThat(new StopStrings(List.of("c", "abc"), false).push("xabc")).isEqualTo("x");
        assertThat(new StopStrings(List.of("aab"), false).push("aaab")).isEqualTo("a");
    }

    @Test
    void includeKeepsTheStopButNothingAfterIt() {
        assertThat(new StopStrings(List.of("END"), true).push("oneENDtwo")).isEqualTo("oneEND");
    }

    @Test
    void withoutStopsNothingIsHeld() {
        assertThat(new StopStrings(List.of(), false).push("abc")).isEqualTo("abc");
    }

    @Test
    void anEmptyStopIsRefused() {
        assertThatThrownBy(() -> new StopStrings(List.of("a", ""), false))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("stop");
    }

    /** The naive reading: append a character, look whether the text ends with a stop. */
    @Test
    void anyPiecesGiveWhatTheNaiveSearchGives() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 3000; round++) {
            String text = word(random, random.nextInt(40));
            List<String> stops = List.of(word(random, 1 + random.nextInt(5)),
                    word(random, 1 + random.nextInt(5)));
            boolean include = random.nextBoolean();
            StopStrings matcher = new StopStrings(stops, include);
            StringBuilder out = new StringBuilder();
            for (int from = 0; from < text.length();) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(4));
                out.append(matcher.push(text.substring(from, to)));
                from = to;
            }
            out.append(matcher.finish());
            assertThat(out.toString()).as("seed %d round %d: %s in %s", seed, round, stops, text)
                    .isEqualTo(naive(text, stops, include));
        }
    }

    private static String naive(String text, List<String> stops, boolean include) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            int longest = stops.stream().filter(head::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return include ? head : head.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
