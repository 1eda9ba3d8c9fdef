package dev.pigou.engine.demo;

import java.util.List;
import java.util.Optional;

/** A chat as users lead it, oldest turn first. */
record Conversation(Optional<String> system, List<Turn> turns) implements Chat {
    Conversation {
        turns = List.copyOf(turns);
    }
}
