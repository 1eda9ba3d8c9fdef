package dev.pigou.bench.cli;

import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Numbers on a command line. One that is none is told so in words, not in Java's types. */
final class Numbers {
    private Numbers() {}

    /** Lets a command and its subcommands read numbers so, wherever a flag has no converter of its own. */
    static void register(CommandLine line) {
        line.registerConverter(int.class, Numbers::wholeInt);
        line.registerConverter(Integer.class, Numbers::wholeInt);
        line.registerConverter(long.class, text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
        line.registerConverter(Long.class, text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
        line.registerConverter(double.class, Numbers::number);
        line.registerConverter(Double.class, Numbers::number);
    }

    private static int wholeInt(String text) {
        return Math.toIntExact(whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    private static long whole(String text, long least, long most) {
        if (!text.matches("[+-]?\\d+")) {
            throw new TypeConversionException("'" + text + "' is no whole number; write it as 16");
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // it has digits only, but too many of them
        }
        throw new TypeConversionException("'" + text + "' is out of range; the most is " + most);
    }

    private static double number(String text) {
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException _) {
            // told below, with infinity and what is not a number
        }
        throw new TypeConversionException("'" + text + "' is no number; write it as 2.5");
    }
}
