package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** The variable {@code loop}: where a loop stands. */
final class Loop {
    private final List<Object> items;
    private List<Object> lastSeen = List.of();
    private int index;

    Loop(List<Object> items) { this.items = items; }

    void at(int newIndex) { index = newIndex; }

    Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> items.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> 1L; // deeper only in recursive loops, which are not supported
            case "depth0" -> 0L;
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" ->
                index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item");
            default -> Attributes.missing("loop", name);
        };
    }

    /** Takes the values in turn, one an iteration. */
    Object cycle(List<Object> values) {
        if (values.isEmpty()) {
            throw new TemplateException("no items for cycling given");
        }
        return values.get(index % values.size());
    }

    /** True unless the values are those of the last call. */
    boolean changed(List<Object> values) {
        boolean changed = !lastSeen.equals(values) || lastSeen.isEmpty();
        lastSeen = new ArrayList<>(values);
        return changed;
    }
}
