package dev.pigou.bench.jmh.regression;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Measures a suite, compares it with a baseline, and looks again at what seems dearer: a suspect is measured in
 * {@value #MORE_FORKS} times as many forks, and only those decide. Whoever is called by chance the first time has to be
 * called by chance a second time, with a narrower interval; adding the two up would keep the luck that made the suspect.
 *
 * @param timeDecides whether slower code is a regression, or is only reported
 */
public record RegressionCheck(Measurements measurements, Tolerance tolerance, int forks,
        boolean timeDecides) {
    private static final int MORE_FORKS = 3;

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
        return new Outcome(withSuspectsAgain(comparisons), fresh, new TreeSet<>(expected.keySet()));
    }

    private List<Comparison> withSuspectsAgain(List<Comparison> comparisons) {
        Set<String> suspects = comparisons.stream().filter(comparison -> comparison.isSuspect(timeDecides))
                .map(Comparison::benchmark).collect(Collectors.toCollection(LinkedHashSet::new));
        if (suspects.isEmpty()) {
            return comparisons;
        }
        Map<String, Measured> again = new HashMap<>();
        for (Measured now : measurements.again(suspects, MORE_FORKS * forks)) {
            again.put(now.benchmark(), now);
        }
        return comparisons.stream().map(first -> Comparison.of(first.before(),
                again.getOrDefault(first.benchmark(), first.now()), tolerance)).toList();
    }
}
