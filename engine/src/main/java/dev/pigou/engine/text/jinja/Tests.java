package dev.pigou.engine.text.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tests behind {@code is}. */
final class Tests {
    static final Map<String, Builtin> ALL = Builtin
            .index(List.of(Builtin.of("defined", (_, self, _) -> !(self instanceof Undefined)),
                    Builtin.of("undefined", (_, self, _) -> self instanceof Undefined),
                    Builtin.of("none", (_, self, _) -> self == None.NONE),
                    Builtin.of("string", (_, self, _) -> self instanceof String),
                    Builtin.of("number", (_, self, _) -> Numbers.of(self) != null),
                    Builtin.of("integer", (_, self, _) -> Numbers.isInteger(self)),
                    Builtin.of("float", (_, self, _) -> self instanceof Double),
                    Builtin.of("boolean", (_, self, _) -> self instanceof Boolean),
                    Builtin.of("true", (_, self, _) -> self.equals(true)),
                    Builtin.of("false", (_, self, _) -> self.equals(false)),
                    Builtin.of("mapping", (_, self, _) -> self instanceof Map),
                    Builtin.of("iterable", (_, self, _) -> isSequence(self) || self instanceof Generator),
                    Builtin.of("sequence", (_, self, _) -> isSequence(self)),
                    Builtin.of("callable", (_, self, _) -> self instanceof Callable),
                    Builtin.of("sameas", "other", (_, self, args) -> self.equals(args.get(0))),
                    Builtin.of("odd", (_, self, _) -> remainder(self, 2L).equals(1L)),
                    Builtin.of("even", (_, self, _) -> remainder(self, 2L).equals(0L)),
                    Builtin.of("divisibleby", "num",
                            (_, self, args) -> Values.equal(remainder(self, args.get(0)), 0L)),
                    Builtin.of("lower",
                            (_, self, _) -> cased(self).equals(cased(self).toLowerCase(Locale.ROOT))
                                    && cased(self).codePoints().anyMatch(Character::isLowerCase)),
                    Builtin.of("upper",
                            (_, self, _) -> cased(self).equals(cased(self).toUpperCase(Locale.ROOT))
                                    && cased(self).codePoints().anyMatch(Character::isUpperCase)),
                    Builtin.of(
                            "filter",
                            (_, self, _) -> self instanceof String name && Filters.ALL.containsKey(name)),
                    Builtin.of("test",
                            (_, self, _) -> self instanceof String name && Tests.ALL.containsKey(name)),
                    Builtin.of("in", "container", (_, self, args) -> Values.contains(args.get(0), self)),
                    comparison("eq", Expr.Operator.EQUAL), comparison("equalto", Expr.Operator.EQUAL),
                    comparison("==", Expr.Operator.EQUAL), comparison("ne", Expr.Operator.NOT_EQUAL),
                    comparison("!=", Expr.Operator.NOT_EQUAL), comparison("lt", Expr.Operator.LESS),
                    comparison("lessthan", Expr.Operator.LESS), comparison("<", Expr.Operator.LESS),
                    comparison("le", Expr.Operator.LESS_EQUAL), comparison("<=", Expr.Operator.LESS_EQUAL),
                    comparison("gt", Expr.Operator.GREATER), comparison("greaterthan", Expr.Operator.GREATER),
                    comparison(">", Expr.Operator.GREATER), comparison("ge", Expr.Operator.GREATER_EQUAL),
                    comparison(">=", Expr.Operator.GREATER_EQUAL)));

    private Tests() {}

    private static Builtin comparison(String name, Expr.Operator operator) {
        return Builtin.of(name, "other", (_, self, args) -> Evaluator.compare(operator, self, args.get(0)));
    }

    private static boolean isSequence(Object value) {
        return value instanceof String || value instanceof List || value instanceof Map
                || value instanceof Undefined;
    }

    private static String cased(Object value) { return PythonText.str(value); }

    private static Object remainder(Object value, Object divisor) {
        Number left = Numbers.of(value);
        Number right = Numbers.of(divisor);
        if (left == null || right == null) {
            Values.requireDefined(value);
            throw new TemplateException(
                    "a number is needed, not " + Values.typeName(left == null ? value : divisor));
        }
        return Numbers.apply(Expr.Operator.MODULO, left, right);
    }
}
