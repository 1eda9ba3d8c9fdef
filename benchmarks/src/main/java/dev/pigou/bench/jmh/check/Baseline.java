package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Expected;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the benchmarks cost when it was taken.
 *
 * @param date in ISO form
 * @param benchmarks by name
 */
record Baseline(Machine machine, String date, List<Expected> benchmarks) {
    Baseline {
        Map<String, Expected> sorted = new TreeMap<>();
        benchmarks.forEach(expected -> sorted.put(expected.benchmark(), expected));
        benchmarks = List.copyOf(sorted.values());
    }

    /**
     * The same with some benchmarks added or replaced.
     *
     * @throws IllegalArgumentException if they were measured elsewhere: one baseline is of one machine
     */
    Baseline with(Baseline newer) {
        if (!machine.equals(newer.machine)) {
            throw new IllegalArgumentException("the baseline was taken on " + machine + ", but this is "
                    + newer.machine + ": update all of it (neither REGEX nor --quick), or keep one of your"
                    + " own with --baseline FILE");
        }
        Map<String, Expected> merged = new TreeMap<>();
        benchmarks.forEach(expected -> merged.put(expected.benchmark(), expected));
        newer.benchmarks.forEach(expected -> merged.put(expected.benchmark(), expected));
        return new Baseline(machine, newer.date, List.copyOf(merged.values()));
    }
}
