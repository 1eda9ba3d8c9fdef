package dev.pigou.bench.jmh.regression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * A suite of benchmarks whose true costs are known, measured with the noise of a real machine: every fork has a bias of
 * its own, one benchmark in three has forks of two kinds, more or fewer of them in each sitting, the machine drifts in ways that the calibration follows only
 * in part, and some iterations are spoilt.
 */
final class SyntheticSuite implements Measurements {
    private static final int ITERATIONS = 10;
    private static final double FORK_SPREAD = 0.03;
    private static final double ITERATION_SPREAD = 0.03;
    private static final double DRIFT_A_FORK = 0.01;
    private static final double SPIKE_SHARE = 0.07;
    private static final int TWO_KINDS_EVERY = 3;
    private static final double SLOWER_KIND_LEAST = 1.1;
    private static final double SLOWER_KIND_MOST = 1.45;
    private static final double SLOWER_KIND_MOST_SHARE = 0.6;

    private final int benchmarks;
    private final SplittableRandom random;
    private final Map<String, Double> slowdowns = new HashMap<>();
    private final Map<String, Double> extraBytes = new HashMap<>();
    /** Of the slower kind of forks in this sitting, by benchmark. */
    private final double[] slowerShares;
    private double drift;

    SyntheticSuite(int benchmarks, long seed) {
        this.benchmarks = benchmarks;
        random = new SplittableRandom(seed);
        slowerShares = new double[benchmarks];
    }

    static String name(int benchmark) { return "benchmark-" + benchmark; }

    /** From now on. */
    void slow(String benchmark, double factor) { slowdowns.put(benchmark, factor); }

    /** From now on. */
    void allocate(String benchmark, double bytes) { extraBytes.put(benchmark, bytes); }

    static boolean hasTwoKinds(int benchmark) { return benchmark % TWO_KINDS_EVERY == 0; }

    List<Expected> baseline(int sittings, int forks) {
        List<Expected> baseline = suite(forks).stream().map(Expected::of).toList();
        for (int sitting = 1; sitting < sittings; sitting++) {
            Iterator<Measured> further = suite(forks).iterator();
            baseline = baseline.stream().map(expected -> expected.with(further.next())).toList();
        }
        return baseline;
    }

    /** A sitting. */
    @Override
    public List<Measured> suite(int forks) {
        Arrays.setAll(slowerShares,
                benchmark -> hasTwoKinds(benchmark) ? random.nextDouble(SLOWER_KIND_MOST_SHARE) : 0);
        return measure(_ -> true, forks);
    }

    @Override
    public List<Measured> again(Set<String> names) { return measure(names::contains, 1); }

    /** Round by round, as the real measurements are: drift is the same for none of a benchmark's forks. */
    private List<Measured> measure(Predicate<String> wanted, int forks) {
        Map<String, List<Fork>> measured = new LinkedHashMap<>();
        for (int round = 0; round < forks; round++) {
            for (int i = 0; i < benchmarks; i++) {
                if (wanted.test(name(i))) {
                    measured.computeIfAbsent(name(i), _ -> new ArrayList<>()).add(fork(i));
                }
            }
        }
        return measured.entrySet().stream().map(each -> new Measured(each.getKey(), each.getValue()))
                .toList();
    }

    private Fork fork(int benchmark) {
        String name = name(benchmark);
        boolean slower = random.nextDouble() < slowerShares[benchmark];
        drift = 0.9 * drift + gaussian(DRIFT_A_FORK);
        double ratio = Math.exp(benchmark % 7 - 3.0) * slowdowns.getOrDefault(name, 1.0)
                * Math.exp(drift + gaussian(FORK_SPREAD))
                * (slower ? random.nextDouble(SLOWER_KIND_LEAST, SLOWER_KIND_MOST) : 1);
        double bytes = 24 * (benchmark % 5) + extraBytes.getOrDefault(name, 0.0);
        return new Fork(iterations(ratio), 1e6 * ratio, bytes + 0.1 * random.nextDouble());
    }

    private double[] iterations(double fork) {
        double[] ratios = new double[ITERATIONS];
        for (int i = 0; i < ITERATIONS; i++) {
            boolean spoilt = random.nextDouble() < SPIKE_SHARE;
            ratios[i] = fork * Math.exp(gaussian(ITERATION_SPREAD)) * (spoilt ? 1 + random.nextDouble() : 1);
        }
        return ratios;
    }

    private double gaussian(double spread) { return spread * random.nextGaussian(); }
}
