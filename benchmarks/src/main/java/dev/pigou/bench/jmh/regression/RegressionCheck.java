package dev.pigou.bench.jmh.regression;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Measures a suite, compares it with a baseline, and looks again at what seems dearer: a suspect is measured in further
 * forks, up to {@value #MORE_FORKS} times as many, until one is no dearer than the baseline allows. All forks decide
 * together. That cannot add alarms: a suspect must convince in the same forks as if all benchmarks were measured in
 * them.
 *
 * @param timeDecides whether slower code is a regression, or is only reported
 */
public record RegressionCheck(Measurements measurements, Tolerance tolerance, int forks,
        boolean timeDecides) {
    private static final int MORE_FORKS = 4;

    /**
     * What a check found.
     *
     * @param comparisons of all benchmarks that were measured and are in the baseline
     * @param fresh measured but not in the baseline
     * @param missing in the baseline but not measured
     */
    public record Outcome(List<Comparison> comparisons, List<Measured> fresh, Set<String> missing) {
        /** The same, where a part of the suite was measured on purpose. */
        public Outcome withoutMissing() {
            return new Outcome(comparisons, fresh, Set.of());
        }
    }

    /**
     * Measures and compares.
     *
     * @param baseline what is expected of the benchmarks that are to be measured
     */
    public Outcome against(List<Expected> baseline) {
        Map<String, Expected> expected = baseline.stream()
                .collect(Collectors.toMap(Expected::benchmark, Function.identity()));
        List<Measured> fresh = new ArrayList<>();
        List<Comparison> comparisons = new ArrayList<>();
        for (Measured now : measurements.suite(forks)) {
            Expected before = expected.remove(now.benchmark());
            if (before == null) {
                fresh.add(now);
            } else {
                comparisons.add(Comparison.of(before, now, tolerance));
            }
        }
        for (int round = 0; round < MORE_FORKS * forks; round++) {
            lookAgain(comparisons);
        }
        return new Outcome(comparisons, fresh, new TreeSet<>(expected.keySet()));
    }

    /** Adds a fork to each suspect's. */
    private void lookAgain(List<Comparison> comparisons) {
        Set<String> suspects = comparisons.stream()
                .filter(comparison -> comparison.isSuspect(tolerance, timeDecides)).map(Comparison::benchmark)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (suspects.isEmpty()) {
            return;
        }
        Map<String, Measured> again = measurements.again(suspects).stream()
                .collect(Collectors.toMap(Measured::benchmark, Function.identity()));
        comparisons.replaceAll(first -> {
            Measured more = again.get(first.benchmark());
            return more == null ? first : Comparison.of(first.before(), first.now().with(more), tolerance);
        });
    }
}
