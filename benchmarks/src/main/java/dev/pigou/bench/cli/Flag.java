package dev.pigou.bench.cli;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What flags have in common: how a value out of range is refused, and numbers that may be infinite. */
final class Flag {
    private Flag() {}

    static void require(boolean holds, String flag, Object value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(flag + " must be " + range + ", but is " + value);
        }
    }

    /** What a command's flags amount to. If they cannot be met, its user is told, with the exit code of wrong usage. */
    static <T> T orUsage(CommandLine line, Supplier<T> meaning) {
        try {
            return meaning.get();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(line, wrong.getMessage(), wrong);
        }
    }

    /** Two flags that say the same thing, or opposite things. */
    static void exclude(boolean both, String flag, String other, String why) {
        if (both) {
            throw new IllegalArgumentException(flag + " contradicts " + other + ": " + why);
        }
    }

    /** A flag that says nothing without another. */
    static void need(boolean holds, String flag, String other) {
        if (!holds) {
            throw new IllegalArgumentException(flag + " has no meaning without " + other);
        }
    }

    /** The value that is written so. */
    static <E extends Enum<E>> E choice(E[] values, String text) {
        for (E value : values) {
            if (value.toString().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw new TypeConversionException("'" + text + "' is none of "
                + Arrays.stream(values).map(Enum::toString).collect(Collectors.joining(", ")));
    }

    /** A number, or {@code inf} as Python writes it. */
    static final class OrInfinite implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            if (value.equalsIgnoreCase("inf") || value.equalsIgnoreCase("infinity")) {
                return Double.POSITIVE_INFINITY;
            }
            try {
                return Double.valueOf(value);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is no number; write 2.5 or inf");
            }
        }
    }
}
