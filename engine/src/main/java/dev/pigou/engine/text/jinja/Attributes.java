package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Attributes, items and slices of values. Nothing of Java shines through: what is not listed here is not there. */
final class Attributes {
    private Attributes() {}

    /** {@code target.name}: methods first, then items, as Jinja does it. */
    static Object attribute(Object target, String name) {
        return switch (target) {
            case Undefined undefined -> throw undefined.misused();
            case Namespace(Map<String, Object> attributes) ->
                attributes.getOrDefault(name, missing("namespace", name));
            case Loop loop when !name.equals("cycle") && !name.equals("changed") -> loop.attribute(name);
            case Map<?, ?> map -> {
                Object method = Methods.find(target, name);
                Object item = map.get(name);
                yield method != null ? method : item != null ? item : missing("dict object", name);
            }
            default -> {
                Object method = Methods.find(target, name);
                yield method != null ? method : missing(describe(target), name);
            }
        };
    }

    /** {@code target[key]}: items first, then methods. */
    static Object item(Object target, Object key) {
        if (target instanceof Undefined undefined) {
            throw undefined.misused();
        }
        if (target instanceof Map<?, ?> map && !(key instanceof List || key instanceof Map)) {
            Object item = map.get(key);
            if (item != null) {
                return item;
            }
        }
        if (Numbers.of(key) instanceof Long index) {
            if (target instanceof List<?> list) {
                long at = index < 0 ? index + list.size() : index;
                return at >= 0 && at < list.size()
                        ? list.get((int) at)
                        : missing(describe(target), index.toString());
            }
            if (target instanceof String text) {
                int length = Characters.length(text);
                long at = index < 0 ? index + length : index;
                return at >= 0 && at < length
                        ? Characters.at(text, (int) at)
                        : missing("str object", index.toString());
            }
        }
        return key instanceof String name
                ? attribute(target, name)
                : missing(describe(target), PythonText.str(key));
    }

    static Object slice(Renderer renderer, Object target, Object start, Object stop, Object step) {
        Values.requireDefined(target);
        List<Object> source = switch (target) {
            case String text -> Values.iterate(text);
            case List<?> list -> new ArrayList<>(list);
            default ->
                throw new TemplateException("'" + Values.typeName(target) + "' object cannot be sliced");
        };
        renderer.budget().charge(source.size());
        List<Object> picked = pick(source, start, stop, step);
        if (target instanceof String) {
            StringBuilder text = new StringBuilder();
            picked.forEach(text::append);
            return text.toString();
        }
        return target instanceof Tuple ? new Tuple(picked) : picked;
    }

    private static List<Object> pick(List<Object> source, Object start, Object stop, Object step) {
        int stride = step == None.NONE ? 1 : Numbers.requireInt(step);
        if (stride == 0) {
            throw new TemplateException("slice step cannot be zero");
        }
        int size = source.size();
        int low = stride > 0 ? 0 : -1;
        int high = stride > 0 ? size : size - 1;
        long from = start == None.NONE ? (stride > 0 ? low : high) : bound(start, size, low, high);
        long to = stop == None.NONE ? (stride > 0 ? high : low) : bound(stop, size, low, high);
        List<Object> picked = new ArrayList<>();
        for (long i = from; stride > 0 ? i < to : i > to; i += stride) {
            picked.add(source.get((int) i));
        }
        return picked;
    }

    private static long bound(Object value, int size, int low, int high) {
        long place = Numbers.requireInt(value);
        return Math.clamp(place < 0 ? place + size : place, low, high);
    }

    /** Follows {@code a.b.0} into a value, as the {@code attribute} arguments of filters do. */
    static Object path(Object target, Object path) {
        if (!(path instanceof String text)) {
            return item(target, path);
        }
        Object value = target;
        for (String part : text.split("\\.", -1)) {
            boolean number = !part.isEmpty() && part.length() < 10
                    && part.chars().allMatch(c -> c >= '0' && c <= '9');
            value = item(value, number ? (Object) Long.valueOf(part) : part);
        }
        return value;
    }

    static Undefined missing(String what, String name) {
        return new Undefined("'" + what + "' has no attribute '" + name + "'");
    }

    private static String describe(Object target) {
        return target == None.NONE ? "None" : Values.typeName(target) + " object";
    }
}
