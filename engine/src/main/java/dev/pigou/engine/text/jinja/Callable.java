package dev.pigou.engine.text.jinja;

import java.util.List;
import java.util.Map;

/** A value that can be called. */
interface Callable {
    Object call(Renderer renderer, List<Object> positional, Map<String, Object> named);

    /** How Python's {@code type} would name it, for messages. */
    default String typeName() {
        return "function";
    }
}
