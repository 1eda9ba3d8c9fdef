package dev.pigou.bench.jmh.regression;

import java.util.List;
import java.util.stream.Stream;

/**
 * What was measured of one benchmark with one set of parameters.
 *
 * @param benchmark its name, parameters included
 * @param forks at least one
 */
public record Measured(String benchmark, List<Fork> forks) {
    public Measured {
        forks = List.copyOf(forks);
        if (forks.isEmpty()) {
            throw new IllegalArgumentException(benchmark + " was measured in no fork");
        }
    }

    /** With the forks of another. */
    Measured with(Measured more) {
        return new Measured(benchmark, Stream.concat(forks.stream(), more.forks.stream()).toList());
    }

    /** Geometric mean over the forks: see {@link Slowdown}. */
    public double ratio() {
        return GeometricMean.of(forks.stream().mapToDouble(Fork::ratio).toArray());
    }

    public double nanos() { return Median.of(forks, Fork::nanos); }

    public double bytes() { return Median.of(forks, Fork::bytes); }

    double fastest() { return forks.stream().mapToDouble(Fork::ratio).min().orElseThrow(); }

    double fewestBytes() { return forks.stream().mapToDouble(Fork::bytes).min().orElseThrow(); }

    double mostBytes() { return forks.stream().mapToDouble(Fork::bytes).max().orElseThrow(); }
}
