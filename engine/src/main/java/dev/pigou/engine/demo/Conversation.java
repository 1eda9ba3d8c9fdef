package dev.pigou.engine.demo;

import java.util.List;
import java.util.Optional;

/** A chat to learn from, oldest turn first. */
record Conversation(Optional<String> system, List<Turn> turns) {
    Conversation {
        turns = List.copyOf(turns);
    }
}
