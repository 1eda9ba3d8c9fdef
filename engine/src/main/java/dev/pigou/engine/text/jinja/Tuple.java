package dev.pigou.engine.text.jinja;

import java.util.AbstractList;
import java.util.List;

/** Python's tuple: a list that cannot be changed and prints with parentheses. */
final class Tuple extends AbstractList<Object> {
    private final List<Object> items;

    Tuple(List<Object> items) { this.items = List.copyOf(items); }

    static Tuple of(Object... items) { return new Tuple(List.of(items)); }

    @Override
    public Object get(int index) { return items.get(index); }

    @Override
    public int size() { return items.size(); }
}
