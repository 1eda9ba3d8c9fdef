package dev.pigou.engine.text.jinja;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Variables of a block that has its own, in front of those around it. */
final class Scope {
    private final @Nullable Scope parent;
    private final Map<String, Object> variables = new HashMap<>();

    private Scope(@Nullable Scope parent) { this.parent = parent; }

    static Scope root() { return new Scope(null); }

    Scope nested() { return new Scope(this); }

    void set(String name, Object value) { variables.put(name, value); }

    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
