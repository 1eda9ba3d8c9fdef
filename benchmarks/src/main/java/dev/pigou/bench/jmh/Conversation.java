package dev.pigou.bench.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A chat of ten messages and about nine kilobytes, as benchmarks render and read it. */
public final class Conversation {
    private static final int TURNS = 10;
    private static final String SENTENCE = "The train was late again, said \"everyone\", and the platform filled:"
            + " who pays for the room that the next one takes? ";

    private Conversation() {}

    /** As in an OpenAI request: a system message, then user and assistant in turn. */
    public static List<Map<String, Object>> messages() {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < TURNS; i++) {
            String role = i == 0 ? "system" : i % 2 == 1 ? "user" : "assistant";
            messages.add(Map.of("role", role, "content", "Turn " + i + ". " + SENTENCE.repeat(7)));
        }
        return messages;
    }
}
