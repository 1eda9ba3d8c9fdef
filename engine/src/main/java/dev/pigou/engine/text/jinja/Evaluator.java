package dev.pigou.engine.text.jinja;

import dev.pigou.engine.text.jinja.Expr.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of expressions. */
final class Evaluator {
    private final Renderer renderer;

    Evaluator(Renderer renderer) { this.renderer = renderer; }

    Object evaluate(Expr expression, Scope scope) {
        renderer.budget().enter();
        Object value = compute(expression, scope);
        renderer.budget().leave();
        return value;
    }

    private Object compute(Expr expression, Scope scope) {
        return switch (expression) {
            case Expr.Literal(Object literal) -> literal;
            case Expr.Name(String name) -> variable(name, scope);
            case Expr.ListLiteral(List<Expr> items) -> all(items, scope);
            case Expr.TupleLiteral(List<Expr> items) -> new Tuple(all(items, scope));
            case Expr.DictLiteral dict -> dict(dict, scope);
            case Expr.Attribute(Expr target, String name) ->
                Attributes.attribute(evaluate(target, scope), name);
            case Expr.Subscript(Expr target, Expr key) ->
                Attributes.item(evaluate(target, scope), evaluate(key, scope));
            case Expr.Slice slice -> slice(slice, scope);
            case Expr.Negate(Expr operand) -> negate(evaluate(operand, scope));
            case Expr.Plus(Expr operand) -> plus(evaluate(operand, scope));
            case Expr.Not(Expr operand) -> !isTrue(operand, scope);
            case Expr.And(Expr left, Expr right) -> {
                Object first = evaluate(left, scope);
                yield Values.isTrue(first) ? evaluate(right, scope) : first;
            }
            case Expr.Or(Expr left, Expr right) -> {
                Object first = evaluate(left, scope);
                yield Values.isTrue(first) ? first : evaluate(right, scope);
            }
            case Expr.Binary(Operator operator, Expr left, Expr right) ->
                arithmetic(renderer, operator, evaluate(left, scope), evaluate(right, scope));
            case Expr.Comparison comparison -> compareAll(comparison, scope);
            case Expr.Concat(List<Expr> parts) -> concat(parts, scope);
            case Expr.Conditional conditional -> conditional(conditional, scope);
            case Expr.FilterCall(Expr target, Builtin filter, Expr.Arguments arguments) ->
                charged(filter.call(renderer, charged(evaluate(target, scope)),
                        all(arguments.positional(), scope), named(arguments, scope)));
            case Expr.TestCall(Expr target, Builtin test, Expr.Arguments arguments) -> test.call(renderer,
                    evaluate(target, scope), all(arguments.positional(), scope), named(arguments, scope));
            case Expr.Call call -> charged(call(call, scope, Map.of()));
        };
    }

    /** Whoever makes or reads a text is charged for its length, whatever they do with it. */
    private Object charged(Object value) {
        if (value instanceof String text) {
            renderer.budget().chargeText(text.length());
        }
        return value;
    }

    boolean isTrue(Expr expression, Scope scope) { return Values.isTrue(evaluate(expression, scope)); }

    private Object variable(String name, Scope scope) {
        Object value = scope.get(name);
        if (value != null) {
            return value;
        }
        Builtin function = Globals.ALL.get(name);
        return function == null ? Undefined.name(name) : new Function(function);
    }

    private record Function(Builtin builtin) implements Callable {
        @Override
        public Object call(Renderer renderer, List<Object> positional, Map<String, Object> named) {
            return builtin.call(renderer, None.NONE, positional, named);
        }
    }

    private List<Object> all(List<Expr> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expr expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Map<String, Object> named(Expr.Arguments arguments, Scope scope) {
        if (arguments.named().isEmpty()) {
            return Map.of();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        arguments.named().forEach((name, value) -> values.put(name, evaluate(value, scope)));
        return values;
    }

    private Map<Object, Object> dict(Expr.DictLiteral literal, Scope scope) {
        Map<Object, Object> dict = new LinkedHashMap<>();
        for (int i = 0; i < literal.keys().size(); i++) {
            dict.put(Values.requireKey(evaluate(literal.keys().get(i), scope)),
                    evaluate(literal.values().get(i), scope));
        }
        return dict;
    }

    private Object slice(Expr.Slice slice, Scope scope) {
        return Attributes.slice(renderer, evaluate(slice.target(), scope), orNone(slice.start(), scope),
                orNone(slice.stop(), scope), orNone(slice.step(), scope));
    }

    private Object orNone(Optional<Expr> expression, Scope scope) {
        return expression.isPresent() ? evaluate(expression.get(), scope) : None.NONE;
    }

    private static Object negate(Object value) {
        Values.requireDefined(value);
        return Numbers.negate(value);
    }

    private static Object plus(Object value) { return Numbers.negate(negate(value)); }

    private Object conditional(Expr.Conditional conditional, Scope scope) {
        if (isTrue(conditional.test(), scope)) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise().isPresent()
                ? evaluate(conditional.otherwise().get(), scope)
                : new Undefined(
                        "the inline if-expression evaluated to false and no else section was defined");
    }

    private String concat(List<Expr> parts, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expr part : parts) {
            text.append(PythonText.str(evaluate(part, scope)));
        }
        renderer.budget().chargeText(text.length());
        return text.toString();
    }

    Object call(Expr.Call call, Scope scope, Map<String, Object> more) {
        Object callee = evaluate(call.callee(), scope);
        Values.requireDefined(callee);
        if (!(callee instanceof Callable callable)) {
            throw new TemplateException("'" + Values.typeName(callee) + "' object is not callable");
        }
        Map<String, Object> named = named(call.arguments(), scope);
        if (!more.isEmpty()) {
            named = new LinkedHashMap<>(named);
            named.putAll(more);
        }
        return callable.call(renderer, all(call.arguments().positional(), scope), named);
    }

    private boolean compareAll(Expr.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (Expr.Comparison.Link link : comparison.links()) {
            Object right = evaluate(link.operand(), scope);
            if (!compare(link.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    static boolean compare(Operator operator, Object left, Object right) {
        return switch (operator) {
            case EQUAL -> Values.equal(left, right);
            case NOT_EQUAL -> !Values.equal(left, right);
            case IN -> Values.contains(right, left);
            case NOT_IN -> !Values.contains(right, left);
            case LESS -> Values.compare(left, right, "<") < 0;
            case LESS_EQUAL -> Values.compare(left, right, "<=") <= 0;
            case GREATER -> Values.compare(left, right, ">") > 0;
            case GREATER_EQUAL -> Values.compare(left, right, ">=") >= 0;
            default -> throw new IllegalArgumentException(operator.name());
        };
    }

    static Object arithmetic(Renderer renderer, Operator operator, Object left, Object right) {
        Values.requireDefined(left);
        if (left instanceof String format && operator == Operator.MODULO) {
            return Formats.percent(renderer, format, right);
        }
        Values.requireDefined(right);
        Number a = Numbers.of(left);
        Number b = Numbers.of(right);
        if (a != null && b != null) {
            return Numbers.apply(operator, a, b);
        }
        if (operator == Operator.ADD) {
            return add(renderer, left, right);
        }
        if (operator == Operator.MULTIPLY && b instanceof Long times) {
            return repeat(renderer, left, times);
        }
        if (operator == Operator.MULTIPLY && a instanceof Long times) {
            return repeat(renderer, right, times);
        }
        throw unsupported(operator, left, right);
    }

    private static Object add(Renderer renderer, Object left, Object right) {
        if (left instanceof String x && right instanceof String y) {
            renderer.budget().chargeText((long) x.length() + y.length());
            return x.concat(y);
        }
        if (left instanceof List<?> x && right instanceof List<?> y
                && x instanceof Tuple == y instanceof Tuple) {
            renderer.budget().charge(x.size() + y.size());
            List<Object> sum = new ArrayList<>(x);
            sum.addAll(y);
            return x instanceof Tuple ? new Tuple(sum) : sum;
        }
        if (left instanceof String) {
            throw new TemplateException(
                    "can only concatenate str (not \"" + Values.typeName(right) + "\") to str");
        }
        throw unsupported(Operator.ADD, left, right);
    }

    private static Object repeat(Renderer renderer, Object value, long times) {
        int count = Math.clamp(times, 0, Integer.MAX_VALUE);
        if (value instanceof String text) {
            renderer.budget().chargeText((long) text.length() * count);
            return text.repeat(count);
        }
        if (value instanceof List<?> list) {
            renderer.budget().charge((long) list.size() * count);
            List<Object> repeated = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                repeated.addAll(list);
            }
            return value instanceof Tuple ? new Tuple(repeated) : repeated;
        }
        throw unsupported(Operator.MULTIPLY, value, times);
    }

    private static TemplateException unsupported(Operator operator, Object left, Object right) {
        return new TemplateException("unsupported operand type(s) for " + operator.symbol + ": '"
                + Values.typeName(left) + "' and '" + Values.typeName(right) + "'");
    }
}
