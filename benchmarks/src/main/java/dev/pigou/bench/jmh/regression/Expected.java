package dev.pigou.bench.jmh.regression;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the baseline says of one benchmark.
 *
 * @param benchmark its name, parameters included
 * @param ratio of an operation's time to the calibration kernel's, geometric mean over forks
 * @param sittings the ratio of each fork, by the occasion on which it was measured
 * @param bytes allocated by an operation, in the fork that allocated most: whether an object is made at all can depend on
 *     what the compiler inlines, which differs from fork to fork
 */
public record Expected(String benchmark, double ratio, List<List<Double>> sittings, double bytes) {
    public Expected {
        sittings = sittings.stream().map(List::copyOf).toList();
        if (sittings.isEmpty() || sittings.stream().anyMatch(List::isEmpty) || !(ratio > 0)
                || !(bytes >= 0)) {
            throw new IllegalArgumentException(
                    benchmark + " needs a positive ratio, the ratio of one fork at least, and bytes");
        }
    }

    public static Expected of(Measured measured) {
        return new Expected(measured.benchmark(), measured.ratio(),
                List.of(measured.forks().stream().map(Fork::ratio).toList()), measured.mostBytes());
    }

    /** The same after a further sitting. */
    public Expected with(Measured sitting) {
        Expected further = of(sitting);
        List<List<Double>> all = Stream.concat(sittings.stream(), further.sittings.stream()).toList();
        return new Expected(benchmark, GeometricMean.of(ratios(all)), all, Math.max(bytes, further.bytes));
    }

    /** Of all forks. */
    double[] ratios() { return ratios(sittings); }

    /** Of the fastest fork in the sitting whose fastest is slowest: a lucky sitting sets no standard. */
    double fastest() {
        return sittings.stream().mapToDouble(Collections::min).max().orElseThrow();
    }

    private static double[] ratios(List<List<Double>> sittings) {
        return sittings.stream().flatMap(List::stream).mapToDouble(Double::doubleValue).toArray();
    }
}
