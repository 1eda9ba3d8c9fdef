package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A filter, test, method or function of the language.
 *
 * @param parameters names in order, all optional here; the body asks for those it cannot do without
 * @param variadic further positional arguments are taken
 * @param anyNamed further named arguments are taken
 */
record Builtin(String name, List<String> parameters, boolean variadic, boolean anyNamed, Body body) {
    interface Body {
        /**
         * Computes the result.
         *
         * @param self the filtered or tested value, or the method's receiver; {@link None} for a function
         */
        Object apply(Renderer renderer, Object self, Arguments arguments);
    }

    /** A builtin without parameters. */
    static Builtin of(String name, Body body) {
        return of(name, "", body);
    }

    /** The parameters stand in one string with blanks between; {@code *} and {@code **} as in Python. */
    static Builtin of(String name, String parameters, Body body) {
        List<String> names = new ArrayList<>(List.of(parameters.split(" ")));
        boolean anyNamed = names.remove("**");
        boolean variadic = names.remove("*");
        names.remove("");
        return new Builtin(name, List.copyOf(names), variadic, anyNamed, body);
    }

    static Map<String, Builtin> index(Collection<Builtin> builtins) {
        Map<String, Builtin> index = new LinkedHashMap<>();
        builtins.forEach(builtin -> index.put(builtin.name(), builtin));
        return Map.copyOf(index);
    }

    /** Why these arguments do not fit, if they do not. */
    Optional<String> misuse(int positional, Collection<String> named) {
        if (positional > parameters.size() && !variadic) {
            return Optional.of(
                    "'" + name + "' takes at most " + parameters.size() + " arguments, not " + positional);
        }
        for (String argument : named) {
            int index = parameters.indexOf(argument);
            if (index < 0 && !anyNamed) {
                return Optional.of("'" + name + "' has no argument '" + argument + "'");
            }
            if (index >= 0 && index < positional) {
                return Optional.of("'" + name + "' is given the argument '" + argument + "' twice");
            }
        }
        return Optional.empty();
    }

    Object call(Renderer renderer, Object self, List<Object> positional, Map<String, Object> named) {
        misuse(positional.size(), named.keySet())
                .ifPresent(problem -> { throw new TemplateException(problem); });
        @Nullable
        Object[] slots = new @Nullable Object[parameters.size()];
        List<Object> rest = new ArrayList<>();
        for (int i = 0; i < positional.size(); i++) {
            if (i < slots.length) {
                slots[i] = positional.get(i);
            } else {
                rest.add(positional.get(i));
            }
        }
        Map<String, Object> other = new LinkedHashMap<>();
        named.forEach((argument, value) -> {
            int index = parameters.indexOf(argument);
            if (index >= 0) {
                slots[index] = value;
            } else {
                other.put(argument, value);
            }
        });
        return body.apply(renderer, self, new Arguments(this, slots, rest, other));
    }

    /** Arguments in their places. */
    static final class Arguments {
        private final Builtin builtin;
        private final @Nullable Object[] slots;
        private final List<Object> rest;
        private final Map<String, Object> named;

        private Arguments(Builtin builtin, @Nullable Object[] slots, List<Object> rest,
                Map<String, Object> named) {
            this.builtin = builtin;
            this.slots = slots;
            this.rest = rest;
            this.named = named;
        }

        Builtin builtin() { return builtin; }

        /** Positional arguments beyond the parameters. */
        List<Object> rest() { return rest; }

        /** Named arguments that are no parameters. */
        Map<String, Object> named() { return named; }

        boolean has(int index) { return slots[index] != null; }

        Object get(int index) {
            Object value = slots[index];
            if (value == null) {
                throw new TemplateException(
                        "'" + builtin.name + "' needs the argument '" + builtin.parameters.get(index) + "'");
            }
            return value;
        }

        Object or(int index, Object fallback) {
            Object value = slots[index];
            return value == null ? fallback : value;
        }

        String string(int index) { return Values.requireString(get(index), builtin.name); }

        int integer(int index, int fallback) {
            Object value = or(index, (long) fallback);
            if (value == None.NONE) {
                return fallback;
            }
            return Numbers.requireInt(value);
        }

        boolean truth(int index, boolean fallback) {
            Object value = slots[index];
            return value == null ? fallback : Values.isTrue(value);
        }
    }
}
