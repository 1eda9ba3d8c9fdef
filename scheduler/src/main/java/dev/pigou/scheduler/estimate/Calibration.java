package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.SchedulerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What to run before the first request, and what it says of the machine: the prior of a {@link StepCostModel}.
 * Whoever has the machine runs all steps for one round that only warms it, and then for two or more that are timed.
 */
public final class Calibration {
    /** Larger ones would say little more, and take long. */
    private static final int MOST_PREFILL_TOKENS = 2048;
    private static final int MOST_DECODE_SEQUENCES = 256;
    private static final int MOST_CONTEXT = 8192;
    private static final int SWEEPS = 10_000;

    private final int blockSize;
    private final List<CalibrationStep> steps;

    /**
     * @param blockSize tokens of a KV block
     * @param kvBlocks no step reads and writes more than these
     */
    public Calibration(SchedulerConfig config, int blockSize, int kvBlocks) {
        this.blockSize = blockSize;
        steps = steps(config, blockSize, kvBlocks);
    }

    /** Each term small and large, and no two always together. */
    public List<CalibrationStep> steps() {
        return steps;
    }

    private static List<CalibrationStep> steps(SchedulerConfig config, int blockSize, int kvBlocks) {
        int sequences = Math.min(Math.min(MOST_DECODE_SEQUENCES, kvBlocks),
                Math.min(config.maxNumSeqs(), config.maxNumBatchedTokens()));
        int few = Math.max(1, sequences / 4);
        int most = (int) Math.min(Math.min(MOST_CONTEXT, config.maxModelLen()), (long) kvBlocks * blockSize);
        int least = Math.min(blockSize, most);
        int chunk = Math.min(Math.min(MOST_PREFILL_TOKENS, config.maxNumBatchedTokens()), most);
        int part = Math.max(1, chunk / 4);
        List<CalibrationStep> steps = new ArrayList<>();
        steps.add(decodes(1, least));
        steps.add(decodes(few, least));
        steps.add(decodes(sequences, least));
        steps.add(decodes(few, Math.min(most, kvBlocks / few * blockSize)));
        steps.add(decodes(sequences, Math.min(most, kvBlocks / sequences * blockSize)));
        steps.add(new CalibrationStep(part, 0, 0, 0));
        steps.add(new CalibrationStep(chunk, 0, 0, 0));
        steps.add(new CalibrationStep(part, most - part, 0, 0));
        return List.copyOf(steps);
    }

    private static CalibrationStep decodes(int sequences, int context) {
        return new CalibrationStep(0, 0, sequences, context);
    }

    /**
     * The cost that explains the times best, by relative errors. Of each step the median round counts.
     *
     * @param seconds by round and step, each above 0
     */
    public StepCost cost(double[][] seconds) {
        FadingLeastSquares fit = new FadingLeastSquares(new double[StepTerms.COUNT]);
        double[] amounts = new double[StepTerms.COUNT];
        for (int i = 0; i < steps.size(); i++) {
            double median = median(seconds, i);
            StepTerms.measure(steps.get(i).work(blockSize), amounts);
            fit.add(amounts, median, 1 / (median * median));
        }
        fit.descend(SWEEPS);
        return StepTerms.cost(fit);
    }

    private double median(double[][] seconds, int step) {
        double[] rounds = new double[seconds.length];
        for (int round = 0; round < rounds.length; round++) {
            rounds[round] = seconds[round][step];
        }
        Arrays.sort(rounds);
        if (rounds.length == 0 || !(rounds[0] > 0)
                || !(rounds[rounds.length - 1] < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "calibration step " + steps.get(step) + " took " + Arrays.toString(rounds)
                            + " seconds in its rounds; time it at least once, and by a clock that runs");
        }
        return 0.5 * (rounds[(rounds.length - 1) / 2] + rounds[rounds.length / 2]);
    }
}
