package dev.pigou.engine.openai;

import dev.pigou.engine.ops.ServerMetrics;
import java.util.Arrays;

/** Measures one request for the metrics. Owned by the request's text thread; times are of {@link System#nanoTime}. */
final class RequestTimer {
    private static final long NEVER = Long.MIN_VALUE;

    private final ServerMetrics metrics;
    private final long arrivedNanos;
    private final long[] lastTokenNanos;
    private boolean begun;

    RequestTimer(ServerMetrics metrics, long arrivedNanos, int choices) {
        this.metrics = metrics;
        this.arrivedNanos = arrivedNanos;
        lastTokenNanos = new long[choices];
        Arrays.fill(lastTokenNanos, NEVER);
    }

    void token(int choice) {
        long nowNanos = System.nanoTime();
        if (!begun) {
            begun = true;
            metrics.firstToken(seconds(nowNanos - arrivedNanos));
        }
        if (lastTokenNanos[choice] != NEVER) {
            metrics.nextToken(seconds(nowNanos - lastTokenNanos[choice]));
        }
        lastTokenNanos[choice] = nowNanos;
    }

    void choiceEnded(String reason, int tokens) { metrics.choiceFinished(reason, tokens); }

    void requestEnded(int promptTokens) {
        metrics.requestFinished(seconds(System.nanoTime() - arrivedNanos), promptTokens);
    }

    private static double seconds(long nanos) { return nanos * 1e-9; }
}
