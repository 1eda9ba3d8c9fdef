package dev.pigou.engine.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** What holds of values of any type: truth, equality, order, names of types, and the way in from Java. */
final class Values {
    private Values() {}

    /** A copy of a value from outside in the template's own types, so that no template changes what it was given. */
    static Object importValue(@Nullable Object value) {
        return switch (value) {
            case null -> None.NONE;
            case String s -> s;
            case Boolean b -> b;
            case Double d -> d;
            case Long l -> l;
            case Float f -> f.doubleValue();
            case BigDecimal d -> d.doubleValue();
            case BigInteger i -> i.bitLength() < 64 ? i.longValue() : i;
            case Number n -> n.longValue();
            case Map<?, ?> map -> {
                Map<Object, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((key, item) -> copy.put(importValue(key), importValue(item)));
                yield copy;
            }
            case Iterable<?> items -> {
                List<Object> copy = new ArrayList<>();
                items.forEach(item -> copy.add(importValue(item)));
                yield copy;
            }
            default -> value.toString();
        };
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean b -> b;
            case String s -> !s.isEmpty();
            case Long n -> n != 0;
            case Double d -> d != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case None _ -> false;
            case Undefined _ -> false;
            default -> true;
        };
    }

    static boolean equal(Object left, Object right) {
        Budget.CURRENT.get().enter();
        boolean equal = equalWithin(left, right);
        Budget.CURRENT.get().leave();
        return equal;
    }

    private static boolean equalWithin(Object left, Object right) {
        Number a = Numbers.of(left);
        Number b = Numbers.of(right);
        if (a != null && b != null) {
            return Numbers.compare(a, b) == 0;
        }
        if (left instanceof List<?> x && right instanceof List<?> y) {
            return equalLists(x, y);
        }
        if (left instanceof Map<?, ?> x && right instanceof Map<?, ?> y) {
            return x.size() == y.size() && x.entrySet().stream().allMatch(entry -> {
                Object other = y.get(entry.getKey());
                return other != null && equal(entry.getValue(), other);
            });
        }
        return left.equals(right);
    }

    private static boolean equalLists(List<?> left, List<?> right) {
        if (left.size() != right.size() || left instanceof Tuple != right instanceof Tuple) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    static int compare(Object left, Object right, String operator) {
        Number a = Numbers.of(left);
        Number b = Numbers.of(right);
        if (a != null && b != null) {
            return Numbers.compare(a, b);
        }
        if (left instanceof String x && right instanceof String y) {
            return x.compareTo(y);
        }
        if (left instanceof List<?> x && right instanceof List<?> y
                && left instanceof Tuple == right instanceof Tuple) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (!equal(x.get(i), y.get(i))) {
                    return compare(x.get(i), y.get(i), operator);
                }
            }
            return Integer.compare(x.size(), y.size());
        }
        requireDefined(left);
        requireDefined(right);
        throw new TemplateException("'" + operator + "' not supported between instances of '" + typeName(left)
                + "' and '" + typeName(right) + "'");
    }

    static boolean contains(Object container, Object item) {
        return switch (container) {
            case String text when item instanceof String part -> text.contains(part);
            case String _ -> throw new TemplateException(
                    "'in <string>' requires string as left operand, not " + typeName(item));
            case Map<?, ?> map -> map.containsKey(requireKey(item));
            case List<?> list -> list.stream().anyMatch(member -> equal(member, item));
            case Generator(List<Object> items) -> items.stream().anyMatch(member -> equal(member, item));
            case Namespace _ -> false;
            case Undefined _ -> false;
            default ->
                throw new TemplateException("argument of type '" + typeName(container) + "' is not iterable");
        };
    }

    /** The items a loop goes over. */
    static List<Object> iterate(Object value) {
        return switch (value) {
            case List<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case Generator(List<Object> items) -> items;
            case String text -> text.codePoints().<Object>mapToObj(Character::toString).toList();
            case Undefined _ -> List.of();
            default -> throw new TemplateException("'" + typeName(value) + "' object is not iterable");
        };
    }

    static int length(Object value) {
        return switch (value) {
            case String text -> Characters.length(text);
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined _ -> 0;
            default -> throw new TemplateException("object of type '" + typeName(value) + "' has no len()");
        };
    }

    /** A value that can be a key of a dict. */
    static Object requireKey(Object value) {
        return switch (value) {
            case Tuple tuple when tuple.stream()
                    .noneMatch(item -> item instanceof List || item instanceof Map) ->
                value;
            case List<?> _,Map<?, ?> _ ->
                throw new TemplateException("unhashable type: '" + typeName(value) + "'");
            default -> value;
        };
    }

    static String requireString(Object value, String user) {
        requireDefined(value);
        if (value instanceof String text) {
            return text;
        }
        throw new TemplateException("'" + user + "' needs a string, not " + typeName(value));
    }

    static void requireDefined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.misused();
        }
    }

    /** Python's name for the type of a value. */
    static String typeName(Object value) {
        return switch (value) {
            case String _ -> "str";
            case Boolean _ -> "bool";
            case Long _,BigInteger _ -> "int";
            case Double _ -> "float";
            case None _ -> "NoneType";
            case Tuple _ -> "tuple";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Generator _ -> "generator";
            case Namespace _ -> "Namespace";
            case Undefined _ -> "Undefined";
            case Callable callable -> callable.typeName();
            default -> "object";
        };
    }
}
