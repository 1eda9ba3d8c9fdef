package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One run against time, in equal steps.
 *
 * @param stepSeconds length of a step
 * @param inFlight the most requests in flight during the step
 * @param tokensPerSecond output tokens that came in the step, a second
 * @param ttftP50Millis of the requests that were due in the step; NaN if none was
 * @param ttftP99Millis of the same
 * @param errorsPerSecond requests that failed in the step, a second
 */
@SuppressWarnings("ArrayRecordComponent") // long, and nobody compares two of them
public record Timeline(double stepSeconds, double[] inFlight, double[] tokensPerSecond,
        double[] ttftP50Millis, double[] ttftP99Millis, double[] errorsPerSecond) {
    private static final int MOST_STEPS = 300;
    private static final double[] STEP_SECONDS = {0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};
    private static final double NANOS_PER_SECOND = 1e9;

    public static Timeline of(RunResult run) {
        double seconds = stepSeconds(run.durationNanos() / NANOS_PER_SECOND);
        long stepNanos = (long) (seconds * NANOS_PER_SECOND);
        List<RequestRecord> requests = run.requests();
        List<Distribution> ttfts = byStep(requests, stepNanos, run.durationNanos()).stream()
                .map(due -> Distribution.of(Metric.TTFT, due)).toList();
        return new Timeline(seconds, Concurrency.mostInFlight(requests, stepNanos, run.durationNanos()),
                perSecond(TokenRate.tokens(requests, stepNanos, run.durationNanos()), seconds),
                ttfts.stream().mapToDouble(ttft -> ttft.percentileMillis(50)).toArray(),
                ttfts.stream().mapToDouble(ttft -> ttft.percentileMillis(99)).toArray(),
                perSecond(errors(requests, stepNanos, run.durationNanos()), seconds));
    }

    private static double stepSeconds(double durationSeconds) {
        for (double step : STEP_SECONDS) {
            if (durationSeconds / step <= MOST_STEPS) {
                return step;
            }
        }
        return Math.ceil(durationSeconds / MOST_STEPS);
    }

    private static List<List<RequestRecord>> byStep(List<RequestRecord> requests, long stepNanos,
            long durationNanos) {
        List<List<RequestRecord>> byStep = IntStream.range(0, TimeSteps.count(stepNanos, durationNanos))
                .<List<RequestRecord>>mapToObj(_ -> new ArrayList<>()).toList();
        requests.forEach(request -> byStep
                .get(TimeSteps.index(request.intendedNanos(), stepNanos, byStep.size())).add(request));
        return byStep;
    }

    private static double[] errors(List<RequestRecord> requests, long stepNanos, long durationNanos) {
        double[] errors = new double[TimeSteps.count(stepNanos, durationNanos)];
        requests.stream().filter(request -> request.failure().isPresent())
                .forEach(request -> errors[TimeSteps.index(request.endNanos(), stepNanos, errors.length)]++);
        return errors;
    }

    private static double[] perSecond(double[] counts, double seconds) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] /= seconds;
        }
        return counts;
    }
}
