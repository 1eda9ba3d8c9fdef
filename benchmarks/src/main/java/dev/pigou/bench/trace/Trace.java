package dev.pigou.bench.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests in the order of their arrival.
 *
 * @param name for reports: the file's name without its folder
 * @param rows at least one, in order of arrival, the first of them at 0 s
 * @param blockTokens prompt tokens that one of {@link TraceRow#blockHashes} stands for; 0 if no row has any
 */
public record Trace(String name, List<TraceRow> rows, int blockTokens) {
    public Trace {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(name + " has no requests");
        }
    }

    /** A trace of rows in any order, whose clock may have begun anywhere. Rows of the same time keep their order. */
    static Trace ordered(String name, List<TraceRow> rows, int blockTokens) {
        List<TraceRow> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparingDouble(TraceRow::arrivalSeconds));
        double start = sorted.isEmpty() ? 0 : sorted.getFirst().arrivalSeconds();
        sorted.replaceAll(row -> row.at(row.arrivalSeconds() - start));
        return new Trace(name, sorted, blockTokens);
    }

    /**
     * How coarse the clock was that wrote the arrivals, in seconds; 0 if it was fine enough. Mooncake's ticks every 3 s:
     * replayed as they stand, its requests would come in volleys that its users never fired.
     *
     * <p>A clock counts as coarse if most rows share their arrival with another; its tick is the median gap.
     */
    public double tickSeconds() {
        double[] distinct = rows.stream().mapToDouble(TraceRow::arrivalSeconds).distinct().toArray();
        if (distinct.length < 2 || 2 * distinct.length > rows.size()) {
            return 0;
        }
        double[] gaps = new double[distinct.length - 1];
        Arrays.setAll(gaps, i -> distinct[i + 1] - distinct[i]);
        Arrays.sort(gaps);
        return gaps[gaps.length / 2];
    }

    /**
     * This trace with each arrival moved to a random moment within the tick that begins there. Rows of one arrival keep
     * their order, for a later one may build on an earlier one's prompt.
     */
    public Trace spread(double tickSeconds, long seed) {
        var random = new SplittableRandom(seed);
        List<TraceRow> moved = new ArrayList<>(rows.size());
        for (int from = 0; from < rows.size();) {
            double arrival = rows.get(from).arrivalSeconds();
            int to = from;
            while (to < rows.size() && rows.get(to).arrivalSeconds() == arrival) {
                to++;
            }
            double[] within = random.doubles(to - from).sorted().toArray();
            for (int i = from; i < to; i++) {
                moved.add(rows.get(i).at(arrival + tickSeconds * within[i - from]));
            }
            from = to;
        }
        return ordered(name, moved, blockTokens);
    }
}
