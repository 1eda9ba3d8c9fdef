package dev.pigou.engine.text.jinja;

import dev.pigou.engine.text.jinja.Expr.Operator;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Recursive descent over expressions; one method a level of precedence, the weakest first. */
final class ExpressionParser {
    private final TokenStream tokens;
    private final CallChecks checks;

    ExpressionParser(TokenStream tokens, CallChecks checks) {
        this.tokens = tokens;
        this.checks = checks;
    }

    /** An expression, or several with commas between them, which make a tuple without parentheses. */
    Expr parseTuple() {
        Expr first = parse();
        if (!tokens.current().isOperator(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && startsExpression()) {
            items.add(parse());
        }
        return new Expr.TupleLiteral(items);
    }

    Expr parse() {
        tokens.enter();
        Expr value = parseOr();
        while (tokens.skipName("if")) {
            Expr test = parseOr();
            Optional<Expr> otherwise = tokens.skipName("else") ? Optional.of(parse()) : Optional.empty();
            value = new Expr.Conditional(test, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    /** An expression in which {@code if} is left alone, as before the filter of a {@code for}. */
    Expr parseOr() {
        Expr left = parseAnd();
        while (tokens.skipName("or")) {
            left = new Expr.Or(left, parseAnd());
        }
        return left;
    }

    private Expr parseAnd() {
        Expr left = parseNot();
        while (tokens.skipName("and")) {
            left = new Expr.And(left, parseNot());
        }
        return left;
    }

    private Expr parseNot() {
        if (!tokens.skipName("not")) {
            return parseComparison();
        }
        tokens.enter();
        Expr operand = parseNot();
        tokens.leave();
        return new Expr.Not(operand);
    }

    private Expr parseComparison() {
        Expr first = parseSum();
        List<Expr.Comparison.Link> links = new ArrayList<>();
        for (Optional<Operator> o = comparisonOperator(); o.isPresent(); o = comparisonOperator()) {
            links.add(new Expr.Comparison.Link(o.get(), parseSum()));
        }
        return links.isEmpty() ? first : new Expr.Comparison(first, links);
    }

    private Optional<Operator> comparisonOperator() {
        if (tokens.current().isName("not") && tokens.lookAhead().isName("in")) {
            tokens.take();
            tokens.take();
            return Optional.of(Operator.NOT_IN);
        }
        if (tokens.skipName("in")) {
            return Optional.of(Operator.IN);
        }
        return operator(Operator.EQUAL, Operator.NOT_EQUAL, Operator.LESS, Operator.LESS_EQUAL,
                Operator.GREATER, Operator.GREATER_EQUAL);
    }

    private Optional<Operator> operator(Operator... candidates) {
        for (Operator candidate : candidates) {
            if (tokens.skipOperator(candidate.symbol)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private Expr parseSum() {
        Expr left = parseConcat();
        for (Optional<Operator> o = operator(Operator.ADD, Operator.SUBTRACT); o
                .isPresent(); o = operator(Operator.ADD, Operator.SUBTRACT)) {
            left = new Expr.Binary(o.get(), left, parseConcat());
        }
        return left;
    }

    private Expr parseConcat() {
        Expr first = parseProduct();
        if (!tokens.current().isOperator("~")) {
            return first;
        }
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(parseProduct());
        }
        return new Expr.Concat(parts);
    }

    private Expr parseProduct() {
        Operator[] operators = {Operator.MULTIPLY, Operator.DIVIDE, Operator.FLOOR_DIVIDE, Operator.MODULO};
        Expr left = parsePower();
        for (Optional<Operator> o = operator(operators); o.isPresent(); o = operator(operators)) {
            left = new Expr.Binary(o.get(), left, parsePower());
        }
        return left;
    }

    /** Jinja's power binds weaker than a sign and groups to the left, unlike Python's. */
    private Expr parsePower() {
        Expr left = parseUnary(true);
        while (tokens.skipOperator("**")) {
            left = new Expr.Binary(Operator.POWER, left, parseUnary(true));
        }
        return left;
    }

    private Expr parseUnary(boolean withFilters) {
        tokens.enter();
        Expr value;
        if (tokens.skipOperator("-")) {
            value = new Expr.Negate(parseUnary(false));
        } else if (tokens.skipOperator("+")) {
            value = new Expr.Plus(parseUnary(false));
        } else {
            value = parsePrimary();
        }
        value = parsePostfix(value);
        value = withFilters ? parseFilters(value) : value;
        tokens.leave();
        return value;
    }

    private Expr parsePostfix(Expr target) {
        Expr value = target;
        while (true) {
            if (tokens.skipOperator(".")) {
                value = parseDot(value);
            } else if (tokens.skipOperator("[")) {
                value = parseSubscript(value);
            } else if (tokens.current().isOperator("(")) {
                value = parseCall(value);
            } else {
                return value;
            }
        }
    }

    private Expr parseDot(Expr target) {
        if (tokens.current().is(Token.Kind.INTEGER)) {
            return new Expr.Subscript(target, parsePrimary());
        }
        return new Expr.Attribute(target, tokens.expectIdentifier());
    }

    private Expr parseSubscript(Expr target) {
        Optional<Expr> start = tokens.current().isOperator(":")
                ? Optional.empty()
                : Optional.of(parseTuple());
        if (!tokens.skipOperator(":")) {
            tokens.expectOperator("]");
            return new Expr.Subscript(target, start.orElseThrow());
        }
        Optional<Expr> stop = slicePart();
        Optional<Expr> step = tokens.skipOperator(":") ? slicePart() : Optional.empty();
        tokens.expectOperator("]");
        return new Expr.Slice(target, start, stop, step);
    }

    private Optional<Expr> slicePart() {
        boolean empty = tokens.current().isOperator(":") || tokens.current().isOperator("]");
        return empty ? Optional.empty() : Optional.of(parse());
    }

    Expr.Call parseCall(Expr callee) {
        int line = tokens.line();
        Expr.Arguments arguments = parseArguments();
        checks.requireCallable(callee, arguments, line);
        return new Expr.Call(callee, arguments);
    }

    private Expr.Arguments parseArguments() {
        tokens.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        Map<String, Expr> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            if (!positional.isEmpty() || !named.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(")")) {
                    break;
                }
            }
            parseArgument(positional, named);
        }
        return new Expr.Arguments(positional, named);
    }

    private void parseArgument(List<Expr> positional, Map<String, Expr> named) {
        if (tokens.current().isOperator("*") || tokens.current().isOperator("**")) {
            throw tokens.error("unpacking arguments with * or ** is not supported");
        }
        if (tokens.current().is(Token.Kind.NAME) && tokens.lookAhead().isOperator("=")) {
            String name = tokens.take().text();
            tokens.take();
            if (named.put(name, parse()) != null) {
                throw tokens.error("the argument '" + name + "' is given twice");
            }
        } else if (named.isEmpty()) {
            positional.add(parse());
        } else {
            throw tokens.error("a positional argument follows a named one");
        }
    }

    /** Filters and tests behind a value. */
    Expr parseFilters(Expr target) {
        Expr value = target;
        while (true) {
            if (tokens.skipOperator("|")) {
                value = parseFilter(value);
            } else if (tokens.skipName("is")) {
                value = parseTest(value);
            } else if (tokens.current().isOperator("(")) {
                value = parseCall(value);
            } else {
                return value;
            }
        }
    }

    Expr parseFilter(Expr target) {
        int line = tokens.line();
        String name = tokens.expectIdentifier();
        Builtin filter = checks.filter(name, line);
        Expr.Arguments arguments = tokens.current().isOperator("(") ? parseArguments() : Expr.Arguments.NONE;
        checks.requireFits(filter, arguments, line);
        return new Expr.FilterCall(target, filter, arguments);
    }

    private Expr parseTest(Expr target) {
        boolean negated = tokens.skipName("not");
        int line = tokens.line();
        String name = tokens.expectIdentifier();
        Builtin test = checks.test(name, line);
        Expr.Arguments arguments = Expr.Arguments.NONE;
        if (tokens.current().isOperator("(")) {
            arguments = parseArguments();
        } else if (startsTestArgument()) {
            arguments = new Expr.Arguments(List.of(parsePostfix(parsePrimary())), Map.of());
        }
        checks.requireFits(test, arguments, line);
        Expr result = new Expr.TestCall(target, test, arguments);
        return negated ? new Expr.Not(result) : result;
    }

    private boolean startsTestArgument() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> switch (token.text()) {
                case "else", "or", "and", "if", "in", "not", "recursive" -> false;
                case "is" -> throw tokens.error("tests cannot be chained with 'is'");
                default -> true;
            };
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }

    private Expr parsePrimary() {
        Token token = tokens.take();
        return switch (token.kind()) {
            case NAME -> name(token);
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.current().is(Token.Kind.STRING)) {
                    text.append(tokens.take().text());
                }
                yield new Expr.Literal(text.toString());
            }
            case INTEGER -> new Expr.Literal(integer(token.text()));
            case FLOAT -> new Expr.Literal(Double.valueOf(token.text()));
            case OPERATOR -> switch (token.text()) {
                case "(" -> parseParenthesis();
                case "[" -> new Expr.ListLiteral(parseItems());
                case "{" -> parseDict();
                default -> throw unexpected(token);
            };
            default -> throw unexpected(token);
        };
    }

    private static TemplateSyntaxException unexpected(Token token) {
        return new TemplateSyntaxException("unexpected " + token.describe(), token.line());
    }

    private static Expr name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expr.Literal(true);
            case "false", "False" -> new Expr.Literal(false);
            case "none", "None" -> new Expr.Literal(None.NONE);
            case "and", "or", "not", "if", "else", "in", "is" -> throw unexpected(token);
            case "self", "super", "varargs", "kwargs" ->
                throw new TemplateSyntaxException("'" + token.text() + "' is not supported", token.line());
            default -> new Expr.Name(token.text());
        };
    }

    private static Object integer(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int radix = lower.startsWith("0x")
                ? 16
                : lower.startsWith("0o") ? 8 : lower.startsWith("0b") ? 2 : 10;
        return Numbers.normalise(new BigInteger(radix == 10 ? text : text.substring(2), radix));
    }

    private Expr parseParenthesis() {
        if (tokens.skipOperator(")")) {
            return new Expr.TupleLiteral(List.of());
        }
        Expr value = parseTuple();
        tokens.expectOperator(")");
        return value;
    }

    private List<Expr> parseItems() {
        List<Expr> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("]")) {
                    break;
                }
            }
            items.add(parse());
        }
        return items;
    }

    private Expr parseDict() {
        List<Expr> keys = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            keys.add(parse());
            tokens.expectOperator(":");
            values.add(parse());
        }
        return new Expr.DictLiteral(keys, values);
    }

    private boolean startsExpression() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case VARIABLE_END, BLOCK_END, END -> false;
            case OPERATOR -> !token.text().equals(")") && !token.text().equals("]");
            default -> !token.isName("in");
        };
    }
}
