package dev.pigou.engine.text.jinja;

import java.util.Map;

/** {@code namespace(...)}: the one thing whose attributes a template may set, also from inside a loop. */
record Namespace(Map<String, Object> attributes) {}
