package dev.pigou.engine.demo;

/** Something to learn from. */
sealed interface Chat permits Conversation, Drill {}
