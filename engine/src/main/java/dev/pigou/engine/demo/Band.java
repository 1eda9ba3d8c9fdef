package dev.pigou.engine.demo;

/** How hard a question is. A small model does well on the first band of a task only. */
public enum Band {
    EASY, HARD
}
