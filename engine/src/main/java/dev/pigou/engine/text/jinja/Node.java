package dev.pigou.engine.text.jinja;

import java.util.List;
import java.util.Optional;

/** A statement of a template. Those that can fail carry their line. */
sealed interface Node {
    record Text(String text) implements Node {}

    record Output(Expr value, int line) implements Node {}

    record If(List<Branch> branches, List<Node> otherwise) implements Node {
        record Branch(Expr test, List<Node> body, int line) {}
    }

    record For(Target target, Expr items, Optional<Expr> filter, List<Node> body, List<Node> otherwise,
            int line) implements Node {}

    record Set(Target target, Expr value, int line) implements Node {}

    /** {@code {% set x | filter %}...{% endset %}}; the filters apply to {@link FilterBlock#BODY}. */
    record SetBlock(Target target, Expr value, List<Node> body, int line) implements Node {}

    record MacroDefinition(String name, Signature signature, List<Node> body) implements Node {}

    record CallBlock(Signature signature, Expr.Call call, List<Node> body, int line) implements Node {}

    /** What the body renders to is bound to {@link #BODY}, and {@code value} is written. */
    record FilterBlock(Expr value, List<Node> body, int line) implements Node {
        /** Not a name a template can write. */
        static final String BODY = "(body)";
    }

    /** A scope of its own: {@code with} and {@code generation} blocks. */
    record With(List<Target> targets, List<Expr> values, List<Node> body, int line) implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}

    /** Parameters of a macro; those without a default are undefined if not given. */
    record Signature(List<String> parameters, List<Optional<Expr>> defaults) {}

    /** What can stand left of an assignment. */
    sealed interface Target {
        record Variable(String name) implements Target {}

        record NamespaceAttribute(String namespace, String attribute) implements Target {}

        record Unpack(List<Target> targets) implements Target {}
    }
}
