package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Summary;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Whether B is faster than A. The logarithm of each ratio B / A has a standard error by {@link Bootstrap} and is judged by
 * Student's t, all of them together by {@link Holm}.
 *
 * @param a the server that b is held against
 * @param repeated there were enough repeats of both to know how runs differ
 * @param obstacles why the two cannot be compared after all; empty if they can
 */
public record Comparison(ServerRuns a, ServerRuns b, Goodput goodput, boolean repeated,
        List<Finding> findings, List<String> obstacles) {
    private static final double LEVEL = 0.05;
    /** Buckets are 1 % wide: below a fraction of that, no spread means that it was not seen. */
    private static final double LEAST_LOG_ERROR = 0.002;
    private static final int FEWEST_REQUESTS = 20;

    /** What is said of the two servers as a whole. */
    public enum Verdict {
        FASTER, SLOWER, MIXED, NO_DIFFERENCE_SHOWN, INCOMPARABLE
    }

    public Comparison {
        findings = List.copyOf(findings);
        obstacles = List.copyOf(obstacles);
    }

    /**
     * Compares two servers.
     *
     * @param goodput the objectives that both are judged by
     */
    public static Comparison of(ServerRuns a, ServerRuns b, Goodput goodput, long seed) {
        boolean repeated = a.runs().size() >= Bootstrap.FEWEST_REPEATS
                && b.runs().size() >= Bootstrap.FEWEST_REPEATS;
        var drawA = new Bootstrap(a, goodput, repeated);
        var drawB = new Bootstrap(b, goodput, repeated);
        List<Measure> measures = Measure.all(!goodput.isEmpty());
        var random = new SplittableRandom(seed);
        double[] varianceA = drawA.logVariances(measures, random.split());
        double[] varianceB = drawB.logVariances(measures, random.split());
        var student = TDistribution.of(drawA.independentParts() + drawB.independentParts() - 2.0);
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < measures.size(); i++) {
            double error = Math.max(LEAST_LOG_ERROR, Math.sqrt(varianceA[i] + varianceB[i]));
            findings.add(finding(measures.get(i), a, b, error, student));
        }
        return new Comparison(a, b, goodput, repeated, judged(findings), Obstacles.between(a, b));
    }

    private static Finding finding(Measure measure, ServerRuns a, ServerRuns b, double logError,
            TDistribution student) {
        double valueA = value(measure, a);
        double valueB = value(measure, b);
        double logRatio = logRatio(measure, a, b);
        if (!enough(measure, a) || !enough(measure, b) || Double.isNaN(logRatio) || Double.isNaN(logError)) {
            return new Finding(measure, valueA, valueB, Double.NaN, Double.NaN, Double.NaN,
                    Finding.Verdict.TOO_FEW);
        }
        double reach = student.inverseSurvivalProbability(LEVEL / 2) * logError;
        double pValue = 2 * student.survivalProbability(Math.abs(logRatio) / logError);
        return new Finding(measure, valueA, valueB, Math.exp(logRatio - reach), Math.exp(logRatio + reach),
                pValue, Finding.Verdict.NOT_SHOWN);
    }

    private static List<Finding> judged(List<Finding> findings) {
        boolean[] beyondChance = Holm.rejected(findings.stream().mapToDouble(Finding::pValue).toArray(),
                LEVEL);
        List<Finding> judged = new ArrayList<>();
        for (int i = 0; i < findings.size(); i++) {
            Finding finding = findings.get(i);
            judged.add(beyondChance[i]
                    ? finding
                            .with(finding.percentWorse() > 0 ? Finding.Verdict.WORSE : Finding.Verdict.BETTER)
                    : finding);
        }
        return judged;
    }

    /** Over all runs together, so that a percentile is that of all their requests. */
    private static double value(Measure measure, ServerRuns server) {
        return switch (measure) {
            case Measure.RequestThroughput _ -> rate(server, summary -> summary.counts().completed());
            case Measure.OutputThroughput _ -> rate(server, summary -> summary.counts().outputTokens());
            case Measure.GoodRequests _ -> rate(server, summary -> summary.counts().good());
            case Measure.Latency latency -> pooled(latency, server).percentileMillis(latency.percentile());
        };
    }

    private static double rate(ServerRuns server, ToDoubleFunction<Summary> count) {
        return server.summaries().stream().mapToDouble(count).sum() / seconds(server);
    }

    private static Distribution pooled(Measure.Latency latency, ServerRuns server) {
        List<RequestRecord> requests = server.runs().stream().map(RunResult::requests).flatMap(List::stream)
                .toList();
        return Distribution.of(latency.metric(), requests);
    }

    /**
     * Of B to A; NaN if there is none. A rate of nothing is taken for that of half a thing, as {@link Sample} has it, but only
     * beside many: none against a few can be chance, and no spread is seen in zeros.
     */
    private static double logRatio(Measure measure, ServerRuns a, ServerRuns b) {
        double valueA = value(measure, a);
        double valueB = value(measure, b);
        if (valueA > 0 && valueB > 0) {
            return Math.log(valueB / valueA);
        }
        double countA = valueA * seconds(a);
        double countB = valueB * seconds(b);
        return measure instanceof Measure.Latency || !(Math.max(countA, countB) >= FEWEST_REQUESTS)
                ? Double.NaN
                : Math.log(Math.max(countB, 0.5) / seconds(b)) - Math.log(Math.max(countA, 0.5) / seconds(a));
    }

    private static double seconds(ServerRuns server) {
        return server.summaries().stream().mapToDouble(Summary::seconds).sum();
    }

    private static boolean enough(Measure measure, ServerRuns server) {
        int completed = server.summaries().stream().mapToInt(summary -> summary.counts().completed()).sum();
        return completed >= FEWEST_REQUESTS && (!(measure instanceof Measure.Latency latency)
                || !pooled(latency, server).thin(latency.percentile()));
    }

    /** Of B. */
    public Verdict verdict() {
        if (!obstacles.isEmpty()) {
            return Verdict.INCOMPARABLE;
        }
        boolean better = findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.BETTER);
        boolean worse = findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.WORSE);
        if (better) {
            return worse ? Verdict.MIXED : Verdict.FASTER;
        }
        return worse ? Verdict.SLOWER : Verdict.NO_DIFFERENCE_SHOWN;
    }

    /** The measures that B is worse in by at least so many per cent, and surely so. */
    public List<String> regressions(double percent) {
        return findings.stream().filter(
                finding -> finding.verdict() == Finding.Verdict.WORSE && finding.percentWorse() >= percent)
                .map(finding -> finding.measure().name()).toList();
    }
}
