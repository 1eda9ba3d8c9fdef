package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.PerMetric;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.util.SplittableRandom;

/**
 * A run cut into equal cells of time by when requests ended, each with its counts. A block is {@value #CELLS_A_BLOCK} cells
 * in a row, and may begin at any cell; the last cell is followed by the first, so that each is drawn as often as the others.
 *
 * <p>Requests that run at the same time share their fate. Drawing them one by one would take a bad minute for many
 * independent bad requests, and intervals would come out far too narrow; drawing blocks keeps neighbours together.
 */
final class RunCells {
    static final int CELLS_A_BLOCK = 4;
    private static final int FEWEST_BLOCKS = 6;
    private static final int MOST_BLOCKS = 20;

    private final int blocks;
    private final double secondsPerCell;
    /** Before each cell and after the last: how many there were. */
    private final long[] completed;
    private final long[] outputTokens;
    private final long[] good;
    /** As above, then by bucket from {@link BucketRange#first}. */
    private final PerMetric<int[][]> latencies;

    RunCells(RunResult run, Goodput goodput, BucketRange range) {
        long ended = run.requests().stream().filter(RequestRecord::completed).count();
        // Few and long: what neighbours share must fit into a block, or the spread comes out too small.
        blocks = Math.clamp((long) Math.sqrt((double) ended) / 4, FEWEST_BLOCKS, MOST_BLOCKS);
        int cells = blocks * CELLS_A_BLOCK;
        secondsPerCell = Math.max(run.durationNanos(), 1) / 1e9 / cells;
        completed = new long[cells + 1];
        outputTokens = new long[cells + 1];
        good = new long[cells + 1];
        latencies = new PerMetric<>(metric -> new int[cells + 1][range.width(metric)]);
        for (RequestRecord request : run.requests()) {
            if (request.completed()) {
                add(request, 1 + cell(request, run.durationNanos(), cells), goodput, range);
            }
        }
        accumulate();
    }

    private static int cell(RequestRecord request, long durationNanos, int cells) {
        return (int) Math.clamp((double) request.endNanos() / Math.max(durationNanos, 1) * cells, 0,
                cells - 1.0);
    }

    private void add(RequestRecord request, int at, Goodput goodput, BucketRange range) {
        completed[at]++;
        outputTokens[at] += request.outputTokens();
        good[at] += goodput.metBy(request) ? 1 : 0;
        for (Metric metric : Metric.values()) {
            int[] counts = latencies.get(metric)[at];
            metric.forEach(request, nanos -> counts[Buckets.index(nanos) - range.first(metric)]++);
        }
    }

    private void accumulate() {
        for (int cell = 1; cell < completed.length; cell++) {
            completed[cell] += completed[cell - 1];
            outputTokens[cell] += outputTokens[cell - 1];
            good[cell] += good[cell - 1];
            for (Metric metric : Metric.values()) {
                int[][] counts = latencies.get(metric);
                for (int bucket = 0; bucket < counts[cell].length; bucket++) {
                    counts[cell][bucket] += counts[cell - 1][bucket];
                }
            }
        }
    }

    int blocks() { return blocks; }

    /** Adds the whole run to the sample. */
    void addAll(Sample sample) {
        add(0, blocks * CELLS_A_BLOCK, sample);
    }

    /** Draws as many blocks as the run has, with replacement, and adds them to the sample. */
    void draw(SplittableRandom random, Sample sample) {
        int cells = blocks * CELLS_A_BLOCK;
        for (int i = 0; i < blocks; i++) {
            int from = random.nextInt(cells);
            int to = from + CELLS_A_BLOCK;
            add(from, Math.min(to, cells), sample);
            if (to > cells) {
                add(0, to - cells, sample);
            }
        }
    }

    private void add(int from, int to, Sample sample) {
        sample.add((to - from) * secondsPerCell, completed[to] - completed[from],
                outputTokens[to] - outputTokens[from], good[to] - good[from]);
        for (Metric metric : Metric.values()) {
            int[][] counts = latencies.get(metric);
            sample.addLatencies(metric, counts[from], counts[to]);
        }
    }
}
