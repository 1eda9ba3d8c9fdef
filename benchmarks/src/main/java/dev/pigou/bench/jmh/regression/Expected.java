package dev.pigou.bench.jmh.regression;

import java.util.List;

/**
 * What the baseline says of one benchmark.
 *
 * @param benchmark its name, parameters included
 * @param ratio of an operation's time to the calibration kernel's, geometric mean over forks
 * @param ratios of each fork: the spread
 * @param bytes allocated by an operation, in the fork that allocated most: whether an object is made at all can depend on
 *     what the compiler inlines, which differs from fork to fork
 */
public record Expected(String benchmark, double ratio, List<Double> ratios, double bytes) {
    public Expected {
        ratios = List.copyOf(ratios);
        if (ratios.isEmpty() || !(ratio > 0) || !(bytes >= 0)) {
            throw new IllegalArgumentException(
                    benchmark + " needs a positive ratio, the ratio of one fork at least, and bytes");
        }
    }

    public static Expected of(Measured measured) {
        return new Expected(measured.benchmark(), measured.ratio(),
                measured.forks().stream().map(Fork::ratio).toList(), measured.mostBytes());
    }
}
