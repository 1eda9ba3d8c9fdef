package dev.pigou.engine.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Copying a value out of a line: two or three fields are easy, four to six with longer values are hard. */
final class Copying implements Task {
    private static final List<String> KEYS = List.of("name", "city", "color", "food", "pet", "job", "code",
            "age", "country", "street", "team", "fruit", "day", "number", "owner", "id");

    @Override
    public String name() { return "copy"; }

    @Override
    public Question draw(Band band, Draws draws) {
        boolean easy = band == Band.EASY;
        int fields = easy ? draws.between(2, 3) : draws.between(4, 6);
        List<String> keys = keys(fields, draws);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < fields; i++) {
            values.add(value(easy, draws));
        }
        int asked = draws.between(0, fields - 1);
        String equals = draws.oneOf("=", "=", ": ");
        String line = line(keys, values, equals);
        String key = keys.get(asked);
        String text = draws.oneOf(line + "; what is the " + key + "?", line + ". What is the " + key + "?",
                line + "\nWhat is the " + key + "?", "What is the " + key + " in this line? " + line,
                "Given " + line + ", what is the " + key + "?");
        String subject = "copy " + key + " " + line(keys, values, "=");
        return new Question(name(), band, subject, text, line(keys, values, "=") + "; " + key + "=",
                values.get(asked));
    }

    private static String line(List<String> keys, List<String> values, String equals) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < keys.size(); i++) {
            parts.add(keys.get(i) + equals + values.get(i));
        }
        return parts.stream().collect(Collectors.joining(", "));
    }

    private static List<String> keys(int count, Draws draws) {
        var keys = new ArrayList<String>();
        while (keys.size() < count) {
            String key = draws.oneOf(KEYS);
            if (!keys.contains(key)) {
                keys.add(key);
            }
        }
        return Collections.unmodifiableList(keys);
    }

    private static String value(boolean easy, Draws draws) {
        if (draws.chance(0.25)) {
            return Integer.toString(draws.number(draws.between(1, easy ? 3 : 5)));
        }
        String word = easy ? draws.word(3, 5) : draws.word(3, 8);
        return draws.chance(0.6) ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word;
    }
}
