package dev.pigou.engine.text.jinja;

import dev.pigou.engine.text.jinja.Node.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns tokens into statements. */
final class TemplateParser {
    private final TokenStream tokens;
    private final CallChecks checks = new CallChecks();
    private final ExpressionParser expressions;
    /** Loops around the current place that {@code break} and {@code continue} could mean. */
    private int loops;

    private TemplateParser(TokenStream tokens) {
        this.tokens = tokens;
        expressions = new ExpressionParser(tokens, checks);
    }

    static List<Node> parse(String source) {
        TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokens(source)));
        List<Node> nodes = parser.parseBody(Set.of());
        parser.checks.finish();
        return nodes;
    }

    /** Statements up to a tag with one of these names, whose name is then the current token. */
    private List<Node> parseBody(Set<String> ends) {
        tokens.enter();
        int line = tokens.line();
        List<Node> body = new ArrayList<>();
        while (true) {
            Token token = tokens.take();
            switch (token.kind()) {
                case DATA -> body.add(new Node.Text(token.text()));
                case VARIABLE_BEGIN -> {
                    body.add(new Node.Output(expressions.parseTuple(), token.line()));
                    tokens.expect(Token.Kind.VARIABLE_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (tokens.current().is(Token.Kind.NAME) && ends.contains(tokens.current().text())) {
                        tokens.leave();
                        return body;
                    }
                    body.add(parseStatement(token.line()));
                }
                default -> {
                    if (ends.isEmpty()) {
                        tokens.leave();
                        return body;
                    }
                    throw new TemplateSyntaxException(
                            "no {% " + ends.iterator().next() + " %} for the block that begins here", line);
                }
            }
        }
    }

    /** A body whose end tag is taken whole. */
    private List<Node> parseBodyTo(String end) {
        List<Node> body = parseBody(Set.of(end));
        tokens.take();
        endTag();
        return body;
    }

    private void endTag() { tokens.expect(Token.Kind.BLOCK_END, "'%}'"); }

    private Node parseStatement(int line) {
        String name = tokens.expect(Token.Kind.NAME, "the name of a tag").text();
        return switch (name) {
            case "if" -> parseIf(line);
            case "for" -> parseFor(line);
            case "set" -> parseSet(line);
            case "macro" -> parseMacro();
            case "call" -> parseCallBlock(line);
            case "filter" -> parseFilterBlock(line);
            case "with" -> parseWith(line);
            case "generation" -> {
                endTag();
                yield new Node.With(List.of(), List.of(), parseBodyTo("endgeneration"), line);
            }
            case "break", "continue" -> parseJump(name, line);
            default -> throw new TemplateSyntaxException("unknown tag '" + name + "'", line);
        };
    }

    private Node parseJump(String name, int line) {
        if (loops == 0) {
            throw new TemplateSyntaxException("'" + name + "' stands outside a loop", line);
        }
        endTag();
        return name.equals("break") ? new Node.Break() : new Node.Continue();
    }

    private Node parseIf(int line) {
        List<Node.If.Branch> branches = new ArrayList<>();
        int branchLine = line;
        while (true) {
            Expr test = expressions.parseTuple();
            endTag();
            branches.add(new Node.If.Branch(test, parseBody(Set.of("endif", "else", "elif")), branchLine));
            branchLine = tokens.line();
            String next = tokens.take().text();
            if (!next.equals("elif")) {
                endTag();
                return new Node.If(branches, next.equals("else") ? parseBodyTo("endif") : List.of());
            }
        }
    }

    private Node parseFor(int line) {
        Target target = parseTargets();
        if (!tokens.skipName("in")) {
            throw tokens.error("expected 'in', found " + tokens.current().describe());
        }
        Expr items = parseLoopItems();
        Optional<Expr> filter = tokens.skipName("if") ? Optional.of(expressions.parse()) : Optional.empty();
        if (tokens.current().isName("recursive")) {
            throw tokens.error("recursive loops are not supported");
        }
        endTag();
        loops++;
        List<Node> body = parseBody(Set.of("endfor", "else"));
        loops--;
        boolean hasElse = tokens.take().text().equals("else");
        endTag();
        return new Node.For(target, items, filter, body, hasElse ? parseBodyTo("endfor") : List.of(), line);
    }

    /** Without a conditional at its top, for the {@code if} behind it is the loop's; a tuple needs no parentheses. */
    private Expr parseLoopItems() {
        Expr first = expressions.parseOr();
        if (!tokens.current().isOperator(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            items.add(expressions.parseOr());
        }
        return new Expr.TupleLiteral(items);
    }

    private Node parseSet(int line) {
        Target target = parseTargets();
        if (tokens.skipOperator("=")) {
            Expr value = expressions.parseTuple();
            endTag();
            return new Node.Set(target, value, line);
        }
        Expr value = parseFilterChain();
        endTag();
        return new Node.SetBlock(target, value, parseBodyTo("endset"), line);
    }

    private Expr parseFilterChain() {
        Expr body = new Expr.Name(Node.FilterBlock.BODY);
        return tokens.current().isOperator("|") ? expressions.parseFilters(body) : body;
    }

    private Node parseFilterBlock(int line) {
        Expr value = expressions.parseFilter(new Expr.Name(Node.FilterBlock.BODY));
        value = expressions.parseFilters(value);
        endTag();
        return new Node.FilterBlock(value, parseBodyTo("endfilter"), line);
    }

    private Node parseWith(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.current().is(Token.Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(parseTarget());
            tokens.expectOperator("=");
            values.add(expressions.parse());
        }
        endTag();
        return new Node.With(targets, values, parseBodyTo("endwith"), line);
    }

    private Node parseMacro() {
        String name = tokens.expectIdentifier();
        checks.assigned(name);
        Node.Signature signature = parseSignature();
        endTag();
        return new Node.MacroDefinition(name, signature, parseMacroBody("endmacro"));
    }

    private Node parseCallBlock(int line) {
        Node.Signature signature = tokens.current().isOperator("(")
                ? parseSignature()
                : new Node.Signature(List.of(), List.of());
        Expr call = expressions.parse();
        if (!(call instanceof Expr.Call macroCall)) {
            throw new TemplateSyntaxException("a call block needs a call of a macro", line);
        }
        endTag();
        return new Node.CallBlock(signature, macroCall, parseMacroBody("endcall"), line);
    }

    /** A jump cannot leave a macro, whatever loop its definition stands in. */
    private List<Node> parseMacroBody(String end) {
        checks.assigned("caller");
        int loopsAround = loops;
        loops = 0;
        List<Node> body = parseBodyTo(end);
        loops = loopsAround;
        return body;
    }

    private Node.Signature parseSignature() {
        List<String> parameters = new ArrayList<>();
        List<Optional<Expr>> defaults = new ArrayList<>();
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String parameter = tokens.expectIdentifier();
            checks.assigned(parameter);
            parameters.add(parameter);
            defaults.add(tokens.skipOperator("=") ? Optional.of(expressions.parse()) : Optional.empty());
        }
        return new Node.Signature(parameters, defaults);
    }

    private Target parseTargets() {
        Target first = parseTarget();
        if (!tokens.current().isOperator(",")) {
            return first;
        }
        List<Target> targets = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            targets.add(parseTarget());
        }
        return new Target.Unpack(targets);
    }

    private Target parseTarget() {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = parseTargets();
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        String name = tokens.expectIdentifier();
        if (tokens.skipOperator(".")) {
            return new Target.NamespaceAttribute(name, tokens.expectIdentifier());
        }
        switch (name) {
            case "true", "false", "none", "True", "False", "None", "loop", "not", "in", "is", "and", "or",
                    "if", "else" ->
                throw tokens.error("'" + name + "' cannot be assigned to");
            default -> checks.assigned(name);
        }
        return new Target.Variable(name);
    }
}
