package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.ServerRuns;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How far a server's figures would move if it were measured again, told from what was measured by drawing from it again.
 *
 * <p>Where there are enough repeats, whole runs are drawn, one fewer than there are: with so few, drawing as many as there
 * are would make the variance too small by (n - 1) / n (Rao and Wu, 1988). Requests are not drawn anew within a run, for the
 * spread between runs has theirs in it already, and would count it twice. Without repeats blocks of neighbouring requests
 * are drawn, which knows nothing of how one hour differs from the next.
 */
final class Bootstrap {
    /** With fewer the spread between them is a guess. */
    static final int FEWEST_REPEATS = 3;
    private static final int RESAMPLES = 500;

    private final List<RunCells> runs;
    private final boolean drawRuns;
    private final Sample sample;

    Bootstrap(ServerRuns server, Goodput goodput, boolean drawRuns) {
        var range = new BucketRange(server.runs());
        runs = server.runs().stream().map(run -> new RunCells(run, goodput, range)).toList();
        sample = new Sample(range);
        this.drawRuns = drawRuns;
    }

    /** What can be drawn independently: runs, or else blocks. */
    int independentParts() {
        return drawRuns ? runs.size() : runs.stream().mapToInt(RunCells::blocks).sum();
    }

    /** The variance of each measure's logarithm. */
    double[] logVariances(List<Measure> measures, SplittableRandom random) {
        double[][] logs = new double[measures.size()][RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            draw(random);
            for (int measure = 0; measure < logs.length; measure++) {
                logs[measure][i] = sample.log(measures.get(measure));
            }
        }
        return Arrays.stream(logs).mapToDouble(Bootstrap::variance).toArray();
    }

    private void draw(SplittableRandom random) {
        sample.clear();
        if (drawRuns) {
            for (int i = 1; i < runs.size(); i++) {
                runs.get(random.nextInt(runs.size())).addAll(sample);
            }
        } else {
            runs.forEach(run -> run.draw(random, sample));
        }
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum()
                / (values.length - 1);
    }
}
