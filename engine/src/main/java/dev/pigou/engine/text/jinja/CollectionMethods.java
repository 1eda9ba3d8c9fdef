package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Methods of lists, tuples and dicts. Those that change one change the template's own copy of what it was given. */
final class CollectionMethods {
    static final Map<String, Builtin> TUPLE = Builtin
            .index(List.of(Builtin.of("index", "value", (_, self, args) -> index(list(self), args.get(0))),
                    Builtin.of("count", "value", (_, self, args) -> list(self).stream()
                            .filter(item -> Values.equal(item, args.get(0))).count())));

    static final Map<String, Builtin> LIST = Builtin
            .index(List.of(Builtin.of("index", "value", (_, self, args) -> index(list(self), args.get(0))),
                    Builtin.of("count", "value",
                            (_, self, args) -> list(self).stream()
                                    .filter(item -> Values.equal(item, args.get(0))).count()),
                    Builtin.of("append", "item", (renderer, self, args) -> {
                        renderer.budget().charge(1);
                        return none(list(self).add(args.get(0)));
                    }), Builtin.of("extend", "items", (renderer, self, args) -> {
                        List<Object> items = Values.iterate(args.get(0));
                        renderer.budget().charge(items.size());
                        return none(list(self).addAll(items));
                    }), Builtin.of("insert", "place item", (renderer, self, args) -> {
                        renderer.budget().charge(1 + list(self).size() / 16);
                        int place = Numbers.requireInt(args.get(0));
                        int size = list(self).size();
                        list(self).add(Math.clamp(place < 0 ? (long) place + size : place, 0, size),
                                args.get(1));
                        return None.NONE;
                    }), Builtin.of("pop", "place", (renderer, self, args) -> {
                        renderer.budget().charge(1 + list(self).size() / 16);
                        int place = args.integer(0, -1);
                        int at = place < 0 ? place + list(self).size() : place;
                        if (at < 0 || at >= list(self).size()) {
                            throw new TemplateException("pop index out of range");
                        }
                        return list(self).remove(at);
                    }),
                    Builtin.of("remove", "value",
                            (_, self, args) -> list(self).remove((int) index(list(self), args.get(0)))),
                    Builtin.of("clear", (_, self, _) -> {
                        list(self).clear();
                        return None.NONE;
                    }), Builtin.of("reverse", (renderer, self, _) -> {
                        renderer.budget().charge(list(self).size());
                        Collections.reverse(list(self));
                        return None.NONE;
                    }), Builtin.of("copy", (renderer, self, _) -> {
                        renderer.budget().charge(list(self).size());
                        return new ArrayList<>(list(self));
                    })));

    static final Map<String, Builtin> DICT = Builtin
            .index(List.of(Builtin.of("items", (_, self, _) -> JsonText.pairs(dict(self))),
                    Builtin.of("keys", (_, self, _) -> new ArrayList<>(dict(self).keySet())),
                    Builtin.of("values", (_, self, _) -> new ArrayList<>(dict(self).values())),
                    Builtin.of("get", "key default", (_, self, args) -> {
                        Object item = dict(self).get(Values.requireKey(args.get(0)));
                        return item == null ? args.or(1, None.NONE) : item;
                    }), Builtin.of("pop", "key default", (_, self, args) -> {
                        Object item = dict(self).remove(Values.requireKey(args.get(0)));
                        if (item == null && !args.has(1)) {
                            throw new TemplateException("KeyError: " + PythonText.repr(args.get(0)));
                        }
                        return item == null ? args.get(1) : item;
                    }), Builtin.of("setdefault", "key default", (renderer, self, args) -> {
                        renderer.budget().charge(1);
                        Object key = Values.requireKey(args.get(0));
                        dict(self).putIfAbsent(key, args.or(1, None.NONE));
                        return dict(self).getOrDefault(key, None.NONE);
                    }), Builtin.of("update", "other **", (renderer, self, args) -> {
                        if (args.has(0) && args.get(0) instanceof Map<?, ?> other) {
                            renderer.budget().charge(other.size());
                            dict(self).putAll(other);
                        } else if (args.has(0)) {
                            throw new TemplateException(
                                    "'update' needs a dict, not " + Values.typeName(args.get(0)));
                        }
                        dict(self).putAll(args.named());
                        return None.NONE;
                    }), Builtin.of("copy", (renderer, self, _) -> {
                        renderer.budget().charge(dict(self).size());
                        return new LinkedHashMap<>(dict(self));
                    })));

    private CollectionMethods() {}

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object self) { return (List<Object>) self; }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> dict(Object self) { return (Map<Object, Object>) self; }

    private static Object none(boolean ignored) { return None.NONE; }

    private static long index(List<Object> items, Object value) {
        for (int i = 0; i < items.size(); i++) {
            if (Values.equal(items.get(i), value)) {
                return i;
            }
        }
        throw new TemplateException(PythonText.repr(value) + " is not in list");
    }
}
