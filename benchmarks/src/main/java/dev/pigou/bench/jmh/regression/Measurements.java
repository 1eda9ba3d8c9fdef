package dev.pigou.bench.jmh.regression;

import java.util.List;
import java.util.Set;

/** Where measurements come from; each call measures afresh. */
public interface Measurements {
    /** Every benchmark of the suite, in so many forks each. */
    List<Measured> suite(int forks);

    /** Some of its benchmarks, by name, in one fork each. */
    List<Measured> again(Set<String> benchmarks);
}
