package dev.pigou.bench.load.workload;

/**
 * Fits recorded lengths to the machine at hand: first multiplied, then cut.
 *
 * @param factor above 0
 * @param mostTokens at least 1
 */
public record LengthScale(double factor, int mostTokens) {
    int scaled(int tokens) { return Math.clamp(unbounded(tokens), 1, mostTokens); }

    long unbounded(long tokens) { return Math.round(tokens * factor); }
}
