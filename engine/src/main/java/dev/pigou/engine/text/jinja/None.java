package dev.pigou.engine.text.jinja;

/** Python's {@code None}. */
enum None {
    NONE
}
