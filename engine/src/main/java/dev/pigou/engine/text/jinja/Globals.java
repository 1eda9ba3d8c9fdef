package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions every template can call. */
final class Globals {
    /** As Jinja's sandbox. */
    private static final int MAX_RANGE = 100_000;

    static final Map<String, Builtin> ALL = Builtin.index(
            List.of(Builtin.of("range", "start stop step", (renderer, _, args) -> range(renderer, args)),
                    Builtin.of("namespace", "from **", (_, _, args) -> new Namespace(attributes(args))),
                    Builtin.of("dict", "from **", (_, _, args) -> {
                        Map<Object, Object> dict = new LinkedHashMap<>();
                        if (args.has(0) && args.get(0) instanceof Map<?, ?> other) {
                            dict.putAll(other);
                        }
                        dict.putAll(args.named());
                        return dict;
                    }), Builtin.of("cycler", "*", (_, _, args) -> new Cycler(args.rest())),
                    Builtin.of("joiner", "sep", (_, _, args) -> new Joiner(PythonText.str(args.or(0, ", ")))),
                    Builtin.of("raise_exception", "message", (_, _, args) -> {
                        throw new TemplateException.Raised(PythonText.str(args.or(0, "")));
                    }), Builtin.of("strftime_now", "format",
                            (renderer, _, args) -> Strftime.format(args.string(0), renderer.now()))));

    private Globals() {}

    private static List<Object> range(Renderer renderer, Builtin.Arguments args) {
        int first = Numbers.requireInt(args.get(0));
        long start = args.has(1) ? first : 0;
        long stop = args.has(1) ? Numbers.requireInt(args.get(1)) : first;
        long step = args.integer(2, 1);
        if (step == 0) {
            throw new TemplateException("range() arg 3 must not be zero");
        }
        long size = Math.max(0, Math.ceilDiv(stop - start, step));
        if (size > MAX_RANGE) {
            throw new TemplateException("range too big, the most is " + MAX_RANGE + " items");
        }
        renderer.budget().charge(size);
        List<Object> items = new ArrayList<>((int) size);
        for (long i = 0; i < size; i++) {
            items.add(start + i * step);
        }
        return items;
    }

    private static Map<String, Object> attributes(Builtin.Arguments args) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (args.has(0) && args.get(0) instanceof Map<?, ?> other) {
            other.forEach((key, value) -> attributes.put(PythonText.str(key), value));
        }
        attributes.putAll(args.named());
        return attributes;
    }

    /** {@code cycler(a, b)}: its {@code next()} gives the values in turn. */
    static final class Cycler {
        private final List<Object> values;
        private int next;

        private Cycler(List<Object> values) {
            if (values.isEmpty()) {
                throw new TemplateException("at least one item has to be provided");
            }
            this.values = values;
        }

        Object next() {
            Object value = values.get(next);
            next = (next + 1) % values.size();
            return value;
        }

        Object reset() {
            next = 0;
            return None.NONE;
        }
    }

    /** {@code joiner(sep)}: nothing at the first call, the separator from then on. */
    private static final class Joiner implements Callable {
        private final String separator;
        private boolean used;

        private Joiner(String separator) { this.separator = separator; }

        @Override
        public Object call(Renderer renderer, List<Object> positional, Map<String, Object> named) {
            String result = used ? separator : "";
            used = true;
            return result;
        }
    }
}
