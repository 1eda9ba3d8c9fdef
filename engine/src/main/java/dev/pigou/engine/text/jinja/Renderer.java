package dev.pigou.engine.text.jinja;

import dev.pigou.engine.text.jinja.Node.Target;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rendering of one template: executes its statements and collects the text. */
final class Renderer {
    /** How a body ended: at its end, or at a jump that a loop around it must answer. */
    private enum Flow {
        ON, BREAK, CONTINUE
    }

    private final Budget budget = new Budget();
    private final Evaluator evaluator = new Evaluator(this);
    private final ZonedDateTime now;
    private StringBuilder out = new StringBuilder();
    private int line = 1;

    Renderer(ZonedDateTime now) { this.now = now; }

    Budget budget() { return budget; }

    ZonedDateTime now() { return now; }

    /** Line of the statement last begun. */
    int line() { return line; }

    String render(List<Node> nodes, Map<String, ? extends @Nullable Object> variables) {
        Scope scope = Scope.root();
        variables.forEach((name, value) -> scope.set(name, Values.importValue(value)));
        execute(nodes, scope.nested());
        return out.toString();
    }

    /** What the body writes, kept out of the output. */
    private String capture(List<Node> body, Scope scope) {
        StringBuilder around = out;
        out = new StringBuilder();
        try {
            execute(body, scope);
            return out.toString();
        } finally {
            out = around;
        }
    }

    private Flow execute(List<Node> nodes, Scope scope) {
        budget.enter();
        Flow flow = Flow.ON;
        for (int i = 0; i < nodes.size() && flow == Flow.ON; i++) {
            flow = execute(nodes.get(i), scope);
        }
        budget.leave();
        return flow;
    }

    private Flow execute(Node node, Scope scope) {
        budget.charge(1);
        switch (node) {
            case Node.Text(String text) -> write(text);
            case Node.Output(Expr value, int at) -> {
                line = at;
                write(PythonText.str(evaluator.evaluate(value, scope)));
            }
            case Node.If branches -> {
                return executeIf(branches, scope);
            }
            case Node.For loop -> executeFor(loop, scope);
            case Node.Set(Target target, Expr value, int at) -> {
                line = at;
                assign(target, evaluator.evaluate(value, scope), scope);
            }
            case Node.SetBlock(Target target, Expr value, List<Node> body, int at) ->
                assign(target, filtered(value, body, at, scope), scope);
            case Node.FilterBlock(Expr value, List<Node> body, int at) ->
                write(PythonText.str(filtered(value, body, at, scope)));
            case Node.MacroDefinition(String name, Node.Signature signature, List<Node> body) ->
                scope.set(name, new Macro(name, signature, body, scope));
            case Node.CallBlock call -> executeCall(call, scope);
            case Node.With with -> {
                return executeWith(with, scope);
            }
            case Node.Break _ -> {
                return Flow.BREAK;
            }
            case Node.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private void write(String text) {
        budget.chargeOutput(out.length(), text.length());
        out.append(text);
    }

    private Flow executeIf(Node.If node, Scope scope) {
        for (Node.If.Branch branch : node.branches()) {
            line = branch.line();
            if (evaluator.isTrue(branch.test(), scope)) {
                return execute(branch.body(), scope);
            }
        }
        return execute(node.otherwise(), scope);
    }

    private void executeFor(Node.For node, Scope scope) {
        line = node.line();
        List<Object> items = Values.iterate(evaluator.evaluate(node.items(), scope));
        budget.charge(items.size());
        if (node.filter().isPresent()) {
            items = filter(node, items, scope);
        }
        if (items.isEmpty()) {
            execute(node.otherwise(), scope);
            return;
        }
        Loop loop = new Loop(items);
        for (int i = 0; i < items.size(); i++) {
            loop.at(i);
            Scope iteration = scope.nested();
            iteration.set("loop", loop);
            line = node.line();
            assign(node.target(), items.get(i), iteration);
            if (execute(node.body(), iteration) == Flow.BREAK) {
                break;
            }
        }
    }

    private List<Object> filter(Node.For node, List<Object> items, Scope scope) {
        List<Object> kept = new ArrayList<>();
        for (Object item : items) {
            Scope iteration = scope.nested();
            assign(node.target(), item, iteration);
            if (evaluator.isTrue(node.filter().orElseThrow(), iteration)) {
                kept.add(item);
            }
        }
        return kept;
    }

    private Object filtered(Expr value, List<Node> body, int at, Scope scope) {
        Scope inner = scope.nested();
        inner.set(Node.FilterBlock.BODY, capture(body, scope.nested()));
        line = at;
        return evaluator.evaluate(value, inner);
    }

    private Flow executeWith(Node.With with, Scope scope) {
        line = with.line();
        Scope inner = scope.nested();
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), evaluator.evaluate(with.values().get(i), scope), inner);
        }
        return execute(with.body(), inner);
    }

    private void executeCall(Node.CallBlock node, Scope scope) {
        line = node.line();
        Macro caller = new Macro("caller", node.signature(), node.body(), scope);
        write(PythonText.str(evaluator.call(node.call(), scope, Map.of("caller", caller))));
    }

    private void assign(Target target, Object value, Scope scope) {
        switch (target) {
            case Target.Variable(String name) -> scope.set(name, value);
            case Target.NamespaceAttribute(String name, String attribute) -> {
                if (!(scope.get(name) instanceof Namespace namespace)) {
                    throw new TemplateException("cannot assign attribute on non-namespace object");
                }
                namespace.attributes().put(attribute, value);
            }
            case Target.Unpack(List<Target> targets) -> {
                List<Object> values = Values.iterate(value);
                if (values.size() != targets.size()) {
                    throw new TemplateException(
                            "cannot unpack " + values.size() + " values into " + targets.size() + " names");
                }
                for (int i = 0; i < targets.size(); i++) {
                    assign(targets.get(i), values.get(i), scope);
                }
            }
        }
    }

    /** A macro and the scope it was defined in, whose variables it sees as they are when it is called. */
    private record Macro(String name, Node.Signature signature, List<Node> body,
            Scope definedIn) implements Callable {
        @Override
        public Object call(Renderer renderer, List<Object> positional, Map<String, Object> named) {
            Scope scope = definedIn.nested();
            if (positional.size() > signature.parameters().size()) {
                throw new TemplateException("macro '" + name + "' takes not more than "
                        + signature.parameters().size() + " argument(s)");
            }
            for (String argument : named.keySet()) {
                if (!signature.parameters().contains(argument) && !argument.equals("caller")) {
                    throw new TemplateException(
                            "macro '" + name + "' takes no keyword argument '" + argument + "'");
                }
            }
            scope.set("caller", named.getOrDefault("caller", new Undefined("No caller defined")));
            for (int i = 0; i < signature.parameters().size(); i++) {
                String parameter = signature.parameters().get(i);
                scope.set(parameter, argument(renderer, parameter, i, positional, named, scope));
            }
            int calledAt = renderer.line;
            String text = renderer.capture(body, scope);
            renderer.line = calledAt;
            return text;
        }

        private Object argument(Renderer renderer, String parameter, int place, List<Object> positional,
                Map<String, Object> named, Scope scope) {
            if (place < positional.size()) {
                return positional.get(place);
            }
            Object value = named.get(parameter);
            if (value != null) {
                return value;
            }
            return signature.defaults().get(place)
                    .map(fallback -> renderer.evaluator.evaluate(fallback, scope))
                    .orElseGet(() -> new Undefined("parameter '" + parameter + "' was not provided"));
        }

        @Override
        public String typeName() { return "Macro"; }
    }
}
