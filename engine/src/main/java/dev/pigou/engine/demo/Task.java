package dev.pigou.engine.demo;

/** A kind of question. */
interface Task {
    String name();

    /** Draws a question; the same draws give the same question. */
    Question draw(Band band, Draws draws);
}
