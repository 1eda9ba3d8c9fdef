package dev.pigou.engine.text.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a template calls must exist: filters, tests, methods and functions are looked up while it is compiled, so that
 * a template outside the subset is refused when a model is loaded and not at somebody's request.
 */
final class CallChecks {
    /** Filters that are given the name of a test; those that end in {@code attr}, behind an attribute. */
    private static final Set<String> TAKES_TEST = Set.of("select", "reject", "selectattr", "rejectattr");

    private final Set<String> assigned = new HashSet<>();
    private final List<PendingCall> pending = new ArrayList<>();

    /** A call of a name that may be defined further down. */
    private record PendingCall(String name, int line) {}

    /** The template gives this name a value somewhere. */
    void assigned(String name) { assigned.add(name); }

    Builtin filter(String name, int line) {
        return Optional.ofNullable(Filters.ALL.get(name))
                .orElseThrow(() -> new TemplateSyntaxException("unknown filter '" + name + "'", line));
    }

    Builtin test(String name, int line) {
        return Optional.ofNullable(Tests.ALL.get(name))
                .orElseThrow(() -> new TemplateSyntaxException("unknown test '" + name + "'", line));
    }

    /** The arguments have places in the filter or test, and one it is to apply to each item exists. */
    void requireFits(Builtin builtin, Expr.Arguments arguments, int line) {
        builtin.misuse(arguments.positional().size(), arguments.named().keySet()).ifPresent(problem -> {
            throw new TemplateSyntaxException(problem, line);
        });
        if (builtin.name().equals("map")) {
            literal(arguments, 0).ifPresent(name -> filter(name, line));
        } else if (TAKES_TEST.contains(builtin.name())) {
            literal(arguments, builtin.name().endsWith("attr") ? 1 : 0).ifPresent(name -> test(name, line));
        }
    }

    private static Optional<String> literal(Expr.Arguments arguments, int index) {
        return index < arguments.positional().size()
                && arguments.positional().get(index) instanceof Expr.Literal literal
                && literal.value() instanceof String name ? Optional.of(name) : Optional.empty();
    }

    void requireCallable(Expr callee, Expr.Arguments arguments, int line) {
        switch (callee) {
            case Expr.Name(String name) -> {
                Builtin function = Globals.ALL.get(name);
                if (function == null) {
                    pending.add(new PendingCall(name, line));
                } else if (!assigned.contains(name)) {
                    requireFits(function, arguments, line);
                }
            }
            case Expr.Attribute(Expr _, String name) -> {
                if (!Methods.NAMES.contains(name)) {
                    throw new TemplateSyntaxException("unknown method '" + name + "'", line);
                }
            }
            default -> throw new TemplateSyntaxException("only names and methods can be called", line);
        }
    }

    /** The whole template is read: every name it calls must have turned up. */
    void finish() {
        for (PendingCall call : pending) {
            if (!assigned.contains(call.name)) {
                throw new TemplateSyntaxException("unknown function '" + call.name + "'", call.line);
            }
        }
    }
}
