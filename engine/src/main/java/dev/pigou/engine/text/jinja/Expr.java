package dev.pigou.engine.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An expression. */
sealed interface Expr {
    record Literal(Object value) implements Expr {}

    record Name(String name) implements Expr {}

    record ListLiteral(List<Expr> items) implements Expr {}

    record TupleLiteral(List<Expr> items) implements Expr {}

    record DictLiteral(List<Expr> keys, List<Expr> values) implements Expr {}

    record Attribute(Expr target, String name) implements Expr {}

    record Subscript(Expr target, Expr key) implements Expr {}

    record Slice(Expr target, Optional<Expr> start, Optional<Expr> stop,
            Optional<Expr> step) implements Expr {}

    record Negate(Expr operand) implements Expr {}

    record Plus(Expr operand) implements Expr {}

    record Not(Expr operand) implements Expr {}

    record And(Expr left, Expr right) implements Expr {}

    record Or(Expr left, Expr right) implements Expr {}

    record Binary(Operator operator, Expr left, Expr right) implements Expr {}

    /** {@code a < b <= c}: every link must hold, and each operand is evaluated once. */
    record Comparison(Expr first, List<Link> links) implements Expr {
        record Link(Operator operator, Expr operand) {}
    }

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> parts) implements Expr {}

    record Conditional(Expr test, Expr then, Optional<Expr> otherwise) implements Expr {}

    record FilterCall(Expr target, Builtin filter, Arguments arguments) implements Expr {}

    record TestCall(Expr target, Builtin test, Arguments arguments) implements Expr {}

    record Call(Expr callee, Arguments arguments) implements Expr {}

    record Arguments(List<Expr> positional, Map<String, Expr> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }

    /** What stands between two operands. */
    enum Operator {
        ADD("+"), SUBTRACT("-"), MULTIPLY("*"), DIVIDE("/"), FLOOR_DIVIDE("//"), MODULO("%"), POWER(
                "**"), EQUAL("=="), NOT_EQUAL("!="), LESS(
                        "<"), LESS_EQUAL("<="), GREATER(">"), GREATER_EQUAL(">="), IN("in"), NOT_IN("not in");

        final String symbol;

        Operator(String symbol) { this.symbol = symbol; }
    }
}
