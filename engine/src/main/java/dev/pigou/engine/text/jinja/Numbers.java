package dev.pigou.engine.text.jinja;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/** Python's arithmetic: integers without end, floor division, {@code /} always a float, booleans count as 0 and 1. */
final class Numbers {
    /** Larger results are refused; the digits of 2^4096 fill a screen. */
    private static final int MAX_BITS = 4096;
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    /** An integer in its one form: {@link Long} where it fits. */
    static Object normalise(BigInteger value) {
        if (value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0) {
            return value.longValue();
        }
        if (value.bitLength() > MAX_BITS) {
            throw new TemplateException("a number is too large");
        }
        return value;
    }

    /** The value as a number, booleans included; null if it is none. */
    static @Nullable Number of(Object value) {
        return switch (value) {
            case Boolean b -> b ? 1L : 0L;
            case Number n -> n;
            default -> null;
        };
    }

    static boolean isInteger(Object value) { return value instanceof Long || value instanceof BigInteger; }

    static BigInteger big(Number value) {
        return value instanceof BigInteger b ? b : BigInteger.valueOf(value.longValue());
    }

    static int requireInt(Object value) {
        if (of(value) instanceof Long number) {
            return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        throw new TemplateException("an integer is needed, not " + Values.typeName(value));
    }

    static int compare(Number left, Number right) {
        if (left instanceof Double || right instanceof Double) {
            return Double.compare(left.doubleValue() + 0.0, right.doubleValue() + 0.0);
        }
        return big(left).compareTo(big(right));
    }

    static Object apply(Expr.Operator operator, Number left, Number right) {
        if (operator == Expr.Operator.DIVIDE) {
            requireNonZero(right, "division by zero");
            return left.doubleValue() / right.doubleValue();
        }
        boolean negativePower = operator == Expr.Operator.POWER && right.doubleValue() < 0;
        if (left instanceof Double || right instanceof Double || negativePower) {
            return applyToDoubles(operator, left.doubleValue(), right.doubleValue());
        }
        return normalise(applyToIntegers(operator, big(left), big(right)));
    }

    private static Object applyToDoubles(Expr.Operator operator, double left, double right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case FLOOR_DIVIDE -> {
                requireNonZero(right, "float floor division by zero");
                yield Math.floor(left / right);
            }
            case MODULO -> {
                requireNonZero(right, "float modulo by zero");
                double remainder = left % right;
                yield remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
            }
            case POWER -> {
                if (left == 0 && right < 0) {
                    throw new TemplateException("zero cannot be raised to a negative power");
                }
                yield Math.pow(left, right);
            }
            default -> throw new IllegalArgumentException(operator.name());
        };
    }

    private static BigInteger applyToIntegers(Expr.Operator operator, BigInteger left, BigInteger right) {
        return switch (operator) {
            case ADD -> left.add(right);
            case SUBTRACT -> left.subtract(right);
            case MULTIPLY -> left.multiply(right);
            case FLOOR_DIVIDE -> {
                requireNonZero(right, "integer division or modulo by zero");
                BigInteger[] parts = left.divideAndRemainder(right);
                boolean inexact = parts[1].signum() != 0 && parts[1].signum() != right.signum();
                yield inexact ? parts[0].subtract(BigInteger.ONE) : parts[0];
            }
            case MODULO -> {
                requireNonZero(right, "integer division or modulo by zero");
                BigInteger remainder = left.remainder(right);
                yield remainder.signum() != 0 && remainder.signum() != right.signum()
                        ? remainder.add(right)
                        : remainder;
            }
            case POWER -> {
                if (left.bitLength() > 1 && right.bitLength() > 12) {
                    throw new TemplateException("a number is too large");
                }
                // Only 0, 1 and -1 reach here with a long exponent, and of that just the last bit matters.
                int exponent = right.bitLength() > 30
                        ? 2 + (right.testBit(0) ? 1 : 0)
                        : right.intValueExact();
                yield left.pow(exponent);
            }
            default -> throw new IllegalArgumentException(operator.name());
        };
    }

    private static void requireNonZero(Number divisor, String problem) {
        if (divisor.doubleValue() == 0) {
            throw new TemplateException(problem);
        }
    }

    static Object negate(Object value) {
        return switch (of(value)) {
            case Double d -> -d;
            case Number n -> normalise(big(n).negate());
            case null ->
                throw new TemplateException("bad operand type for unary -: " + Values.typeName(value));
        };
    }
}
