package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The filters over lists, dicts and strings. */
final class SequenceFilters {
    static final List<Builtin> ALL = List.of(Builtin.of("length", (_, self, _) -> (long) Values.length(self)),
            Builtin.of("count", (_, self, _) -> (long) Values.length(self)),
            Builtin.of("list", (renderer, self, _) -> new ArrayList<>(items(renderer, self))),
            Builtin.of("items", (renderer, self, _) -> pairs(renderer, self)),
            Builtin.of("dictsort", "case_sensitive by reverse", SequenceFilters::dictsort),
            Builtin.of("first",
                    (renderer, self, _) -> items(renderer, self).stream().findFirst()
                            .orElseGet(() -> new Undefined("No first item, sequence was empty."))),
            Builtin.of("last", (renderer, self, _) -> {
                List<Object> items = items(renderer, self);
                return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
            }), Builtin.of("join", "d attribute", SequenceFilters::join),
            Builtin.of("reverse", SequenceFilters::reverse),
            Builtin.of("sort", "reverse case_sensitive attribute", SequenceFilters::sort),
            Builtin.of("unique", "case_sensitive attribute", SequenceFilters::unique),
            Builtin.of("min", "case_sensitive attribute",
                    (renderer, self, args) -> extreme(renderer, self, args, -1)),
            Builtin.of("max", "case_sensitive attribute",
                    (renderer, self, args) -> extreme(renderer, self, args, 1)),
            Builtin.of("sum", "attribute start", SequenceFilters::sum),
            Builtin.of("batch", "linecount fill_with", SequenceFilters::batch),
            Builtin.of("map", "* **", SequenceFilters::map),
            Builtin.of("select", "* **", (renderer, self, args) -> select(renderer, self, args, false, true)),
            Builtin.of("reject", "* **",
                    (renderer, self, args) -> select(renderer, self, args, false, false)),
            Builtin.of("selectattr", "* **",
                    (renderer, self, args) -> select(renderer, self, args, true, true)),
            Builtin.of("rejectattr", "* **",
                    (renderer, self, args) -> select(renderer, self, args, true, false)));

    private SequenceFilters() {}

    private static List<Object> items(Renderer renderer, Object value) {
        List<Object> items = Values.iterate(value);
        renderer.budget().charge(items.size());
        return items;
    }

    private static Object pairs(Renderer renderer, Object self) {
        if (self instanceof Undefined) {
            return new Generator(List.of());
        }
        if (self instanceof Map<?, ?> map) {
            renderer.budget().charge(map.size());
            return new Generator(JsonText.pairs(map));
        }
        throw new TemplateException("Can only get item pairs from a mapping.");
    }

    private static Object dictsort(Renderer renderer, Object self, Builtin.Arguments args) {
        if (!(self instanceof Map<?, ?> map)) {
            Values.requireDefined(self);
            throw new TemplateException("'dictsort' needs a dict, not " + Values.typeName(self));
        }
        int place = switch (PythonText.str(args.or(1, "key"))) {
            case "key" -> 0;
            case "value" -> 1;
            default -> throw new TemplateException("'dictsort' sorts by 'key' or 'value'");
        };
        List<Object> pairs = JsonText.pairs(map);
        boolean caseSensitive = args.truth(0, false);
        sortBy(renderer, pairs, args.truth(2, false),
                pair -> folded(((Tuple) pair).get(place), caseSensitive));
        return pairs;
    }

    private static Object join(Renderer renderer, Object self, Builtin.Arguments args) {
        StringBuilder out = new StringBuilder();
        String separator = PythonText.str(args.or(0, ""));
        boolean first = true;
        for (Object item : items(renderer, self)) {
            String text = PythonText.str(attributeOf(item, args, 1));
            renderer.budget().chargeOutput(out.length(), separator.length() + text.length());
            out.append(first ? "" : separator).append(text);
            first = false;
        }
        return out.toString();
    }

    private static Object reverse(Renderer renderer, Object self, Builtin.Arguments args) {
        if (self instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> items = new ArrayList<>(items(renderer, self));
        Collections.reverse(items);
        return new Generator(items);
    }

    private interface Key {
        Object of(Object item);
    }

    private static void sortBy(Renderer renderer, List<Object> items, boolean reverse, Key key) {
        renderer.budget().charge(32L * items.size());
        Comparator<Object> order = (a, b) -> Values.compare(key.of(a), key.of(b), "<");
        try {
            items.sort(reverse ? order.reversed() : order);
        } catch (IllegalArgumentException _) {
            throw new TemplateException("the values to sort have no order"); // NaN among them
        }
    }

    private static Object sort(Renderer renderer, Object self, Builtin.Arguments args) {
        List<Object> items = new ArrayList<>(items(renderer, self));
        sortBy(renderer, items, args.truth(0, false),
                item -> folded(attributeOf(item, args, 2), args.truth(1, false)));
        return items;
    }

    private static Object unique(Renderer renderer, Object self, Builtin.Arguments args) {
        Set<Object> seen = new HashSet<>();
        List<Object> kept = new ArrayList<>();
        for (Object item : items(renderer, self)) {
            if (seen.add(Values.requireKey(folded(attributeOf(item, args, 1), args.truth(0, false))))) {
                kept.add(item);
            }
        }
        return new Generator(kept);
    }

    private static Object extreme(Renderer renderer, Object self, Builtin.Arguments args, int sign) {
        Object best = new Undefined("No aggregated item, sequence was empty.");
        Object bestKey = best;
        boolean first = true;
        for (Object item : items(renderer, self)) {
            Object key = folded(attributeOf(item, args, 1), args.truth(0, false));
            if (first || sign * Values.compare(key, bestKey, sign > 0 ? ">" : "<") > 0) {
                best = item;
                bestKey = key;
            }
            first = false;
        }
        return best;
    }

    private static Object sum(Renderer renderer, Object self, Builtin.Arguments args) {
        Object sum = args.or(1, 0L);
        for (Object item : items(renderer, self)) {
            sum = Evaluator.arithmetic(renderer, Expr.Operator.ADD, sum, attributeOf(item, args, 0));
        }
        return sum;
    }

    private static Object batch(Renderer renderer, Object self, Builtin.Arguments args) {
        int size = Numbers.requireInt(args.get(0));
        if (size < 1) {
            throw new TemplateException("'batch' needs a positive line count");
        }
        List<Object> batches = new ArrayList<>();
        List<Object> items = items(renderer, self);
        for (int from = 0; from < items.size(); from += size) {
            List<Object> batch = new ArrayList<>(items.subList(from, Math.min(items.size(), from + size)));
            renderer.budget().charge(size);
            while (args.has(1) && args.get(1) != None.NONE && batch.size() < size) {
                batch.add(args.get(1));
            }
            batches.add(batch);
        }
        return new Generator(batches);
    }

    private static Object map(Renderer renderer, Object self, Builtin.Arguments args) {
        List<Object> mapped = new ArrayList<>();
        Object attribute = args.named().get("attribute");
        Object fallback = args.named().getOrDefault("default", None.NONE);
        for (Object item : items(renderer, self)) {
            if (attribute == null) {
                mapped.add(applyFilter(renderer, item, args));
            } else {
                Object value = Attributes.path(item, attribute);
                mapped.add(
                        value instanceof Undefined && args.named().containsKey("default") ? fallback : value);
            }
        }
        return new Generator(mapped);
    }

    private static Object applyFilter(Renderer renderer, Object item, Builtin.Arguments args) {
        if (args.rest().isEmpty()) {
            throw new TemplateException("'map' needs a filter's name or an attribute");
        }
        Builtin filter = Filters.ALL.get(Values.requireString(args.rest().getFirst(), "map"));
        if (filter == null) {
            throw new TemplateException("unknown filter '" + args.rest().getFirst() + "'");
        }
        return filter.call(renderer, item, args.rest().subList(1, args.rest().size()), args.named());
    }

    private static Object select(Renderer renderer, Object self, Builtin.Arguments args, boolean byAttribute,
            boolean wanted) {
        List<Object> rest = args.rest();
        int skipped = byAttribute ? 1 : 0;
        if (rest.size() < skipped) {
            throw new TemplateException("'" + args.builtin().name() + "' needs an attribute");
        }
        List<Object> kept = new ArrayList<>();
        for (Object item : items(renderer, self)) {
            Object subject = byAttribute ? Attributes.path(item, rest.getFirst()) : item;
            if (passes(renderer, subject, rest.subList(skipped, rest.size())) == wanted) {
                kept.add(item);
            }
        }
        return new Generator(kept);
    }

    private static boolean passes(Renderer renderer, Object subject, List<Object> test) {
        if (test.isEmpty()) {
            return Values.isTrue(subject);
        }
        Builtin builtin = Tests.ALL.get(Values.requireString(test.getFirst(), "select"));
        if (builtin == null) {
            throw new TemplateException("unknown test '" + test.getFirst() + "'");
        }
        return Values.isTrue(builtin.call(renderer, subject, test.subList(1, test.size()), Map.of()));
    }

    private static Object attributeOf(Object item, Builtin.Arguments args, int place) {
        Object attribute = args.or(place, None.NONE);
        return attribute == None.NONE ? item : Attributes.path(item, attribute);
    }

    /** Jinja compares strings without regard to case unless told otherwise. */
    private static Object folded(Object key, boolean caseSensitive) {
        return key instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : key;
    }
}
