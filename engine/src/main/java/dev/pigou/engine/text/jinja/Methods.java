package dev.pigou.engine.text.jinja;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** Methods of values, by type. */
final class Methods {
    private static final Map<String, Builtin> LOOP = Builtin
            .index(List.of(Builtin.of("cycle", "*", (_, self, args) -> ((Loop) self).cycle(args.rest())),
                    Builtin.of("changed", "*", (_, self, args) -> ((Loop) self).changed(args.rest()))));
    private static final Map<String, Builtin> CYCLER = Builtin
            .index(List.of(Builtin.of("next", (_, self, _) -> ((Globals.Cycler) self).next()),
                    Builtin.of("reset", (_, self, _) -> ((Globals.Cycler) self).reset())));

    /** Every method there is, of whatever type: a call of any other is refused when a template is compiled. */
    static final Set<String> NAMES = names();

    private Methods() {}

    private static Set<String> names() {
        Set<String> names = new HashSet<>();
        for (Map<String, Builtin> methods : List.of(StringMethods.ALL, CollectionMethods.LIST,
                CollectionMethods.DICT, LOOP, CYCLER)) {
            names.addAll(methods.keySet());
        }
        return Set.copyOf(names);
    }

    /** The value's method of this name, or null if it has none. */
    static @Nullable Object find(Object target, String name) {
        Map<String, Builtin> methods = switch (target) {
            case String _ -> StringMethods.ALL;
            case Tuple _ -> CollectionMethods.TUPLE;
            case List<?> _ -> CollectionMethods.LIST;
            case Map<?, ?> _ -> CollectionMethods.DICT;
            case Loop _ -> LOOP;
            case Globals.Cycler _ -> CYCLER;
            default -> Map.of();
        };
        Builtin method = methods.get(name);
        return method == null ? null : new Bound(target, method);
    }

    /** A method together with the value it belongs to. */
    private record Bound(Object self, Builtin method) implements Callable {
        @Override
        public Object call(Renderer renderer, List<Object> positional, Map<String, Object> named) {
            return method.call(renderer, self, positional, named);
        }

        @Override
        public String typeName() {
            return "built-in method " + method.name() + " of " + Values.typeName(self) + " object";
        }
    }
}
