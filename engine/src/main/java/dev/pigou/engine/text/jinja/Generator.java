package dev.pigou.engine.text.jinja;

import java.util.List;

/**
 * What Python's lazy filters return ({@code map}, {@code select}, {@code reverse} of a list): it can be looped over but
 * has no length and no places, and is true even if it is empty. Computed at once here, for it cannot be told.
 */
record Generator(List<Object> items) {}
