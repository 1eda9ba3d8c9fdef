package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Expected;
import dev.pigou.bench.jmh.regression.Measured;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the benchmarks cost when it was taken.
 *
 * @param date in ISO form
 * @param benchmarks by name; the last of equal names counts
 */
record Baseline(Machine machine, String date, List<Expected> benchmarks) {
    Baseline {
        Map<String, Expected> sorted = new TreeMap<>();
        benchmarks.forEach(expected -> sorted.put(expected.benchmark(), expected));
        benchmarks = List.copyOf(sorted.values());
    }

    /**
     * One baseline is of one machine: a part of it cannot be replaced on another.
     *
     * @throws IllegalArgumentException if it was taken elsewhere
     */
    Baseline requireTakenOn(Machine here) {
        if (!machine.equals(here)) {
            throw new IllegalArgumentException("the baseline was taken on " + machine + ", but this is "
                    + here + ": update all of it (neither REGEX nor --quick), or keep one of your own with"
                    + " --baseline FILE");
        }
        return this;
    }

    /** The same after a further sitting, in which benchmarks may be new. */
    Baseline withSitting(List<Measured> sitting, String newDate) {
        Map<String, Expected> known = benchmarks.stream()
                .collect(Collectors.toMap(Expected::benchmark, Function.identity()));
        return with(sitting.stream().map(measured -> {
            Expected before = known.get(measured.benchmark());
            return before == null ? Expected.of(measured) : before.with(measured);
        }).toList(), newDate);
    }

    /** The same with some benchmarks added or replaced. */
    Baseline with(List<Expected> newer, String newDate) {
        return new Baseline(machine, newDate, Stream.concat(benchmarks.stream(), newer.stream()).toList());
    }
}
