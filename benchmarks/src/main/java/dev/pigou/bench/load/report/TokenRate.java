package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.List;

/** Output tokens against time. A chunk may bring several; they are spread evenly over the chunks of an answer. */
final class TokenRate {
    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final int STEPS_A_WINDOW = 10;

    private TokenRate() {}

    /** The most tokens in one second, which may begin at any tenth of a second. */
    static double peakPerSecond(List<RequestRecord> requests) {
        double[] tokens = tokens(requests, WINDOW_NANOS / STEPS_A_WINDOW,
                requests.stream().mapToLong(RequestRecord::endNanos).max().orElse(0));
        double most = 0;
        double inWindow = 0;
        for (int i = 0; i < tokens.length; i++) {
            inWindow += tokens[i];
            if (i >= STEPS_A_WINDOW) {
                inWindow -= tokens[i - STEPS_A_WINDOW];
            }
            most = Math.max(most, inWindow);
        }
        return most;
    }

    /** Tokens in each step of the run, those of answers that failed later among them. */
    static double[] tokens(List<RequestRecord> requests, long stepNanos, long durationNanos) {
        double[] tokens = new double[TimeSteps.count(stepNanos, durationNanos)];
        for (RequestRecord request : requests) {
            if (request.firstTokenNanos() >= 0) {
                add(request, stepNanos, tokens);
            }
        }
        return tokens;
    }

    private static void add(RequestRecord request, long stepNanos, double[] tokens) {
        long[] gaps = request.gapsNanos();
        double tokensPerChunk = (double) request.outputTokens() / (gaps.length + 1);
        long nanos = request.firstTokenNanos();
        tokens[TimeSteps.index(nanos, stepNanos, tokens.length)] += tokensPerChunk;
        for (long gap : gaps) {
            nanos += gap;
            tokens[TimeSteps.index(nanos, stepNanos, tokens.length)] += tokensPerChunk;
        }
    }
}
