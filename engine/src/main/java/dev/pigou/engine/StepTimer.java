package dev.pigou.engine;

import dev.pigou.scheduler.Rehearsal;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.estimate.Calibration;
import dev.pigou.scheduler.estimate.CalibrationStep;
import dev.pigou.scheduler.estimate.StepCost;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times a device's steps before the first request, small ones first, and larger ones only if those were quick: a start must
 * not wait long for what the first minutes of work will teach better. Owned by one thread.
 */
public final class StepTimer {
    private static final Logger LOG = LoggerFactory.getLogger(StepTimer.class);
    private static final int FIRST_TOKENS = 64;
    private static final int GROWTH = 4;
    /** Larger ones are not timed by a {@link Calibration}. */
    private static final int MOST_TOKENS = 2048;
    /** Most tokens that all sequences of a step have in the KV cache: each is memory that the system has to find first. */
    private static final int MOST_CACHED_TOKENS = 8192;
    /** Fewer would not tell what one more costs. */
    private static final int LEAST_SEQUENCES = 4;
    /** A round that took longer is not tried larger. */
    private static final double LONG_ROUND_SECONDS = 0.1;
    /** One that took so long is timed only once: what disturbs a step is small beside it. */
    private static final double VERY_LONG_ROUND_SECONDS = 0.5;
    /** What steps take if they cannot be timed: a large model on a small machine. */
    private static final StepCost GUESS = new StepCost(0.05, 1e-3, 1e-8, 1e-3, 1e-6);

    private final ModelRunner runner;
    private final StepBatch batch;
    private final StepOutput output;
    private final SchedulerConfig config;
    private final int blockSize;
    private final int blocks;

    /**
     * @param batch must not be in use elsewhere yet
     * @param blocks usable KV blocks; their contents are overwritten
     */
    public StepTimer(ModelRunner runner, StepBatch batch, SchedulerConfig config, int blockSize, int blocks) {
        this.runner = runner;
        this.batch = batch;
        output = new StepOutput(batch);
        this.config = config;
        this.blockSize = blockSize;
        this.blocks = blocks;
    }

    /**
     * What steps cost; a guess if the device fails in one.
     *
     * @throws DeviceException if the device is lost
     */
    public StepCost measure() {
        try {
            return calibrate();
        } catch (DeviceException e) {
            if (e.failure() == DeviceFailure.LOST) {
                throw e;
            }
            runner.releaseCachedMemory();
            LOG.warn("Steps could not be timed; prices begin with a guess of what they take", e);
            return GUESS;
        }
    }

    private StepCost calibrate() {
        int tokens = FIRST_TOKENS;
        Calibration calibration = of(tokens);
        double[] seconds = warmRound(calibration);
        while (sum(seconds) < LONG_ROUND_SECONDS && tokens < MOST_TOKENS) {
            tokens *= GROWTH;
            calibration = of(tokens);
            seconds = warmRound(calibration);
        }
        StepCost cost = calibration.cost(sum(seconds) < VERY_LONG_ROUND_SECONDS
                ? new double[][]{seconds, round(calibration), round(calibration)}
                : new double[][]{seconds});
        LOG.info("Steps of up to {} tokens were timed: {}", tokens, cost);
        return cost;
    }

    /** As if steps were limited to so many tokens, and sequences to a few times that. */
    private Calibration of(int tokens) {
        int length = Math.min(GROWTH * tokens, config.maxModelLen());
        int sequences = Math.min(Math.min(tokens, config.maxNumSeqs()),
                Math.max(LEAST_SEQUENCES, MOST_CACHED_TOKENS / length));
        return new Calibration(new SchedulerConfig(sequences, Math.min(tokens, config.maxNumBatchedTokens()),
                length, config.eosTokenIds()), blockSize, blocks);
    }

    /** The first round of a size is slower than all others: code is compiled, memory is fetched. */
    private double[] warmRound(Calibration calibration) {
        round(calibration);
        return round(calibration);
    }

    /** Seconds of each step. */
    private double[] round(Calibration calibration) {
        List<CalibrationStep> steps = calibration.steps();
        var rehearsal = new Rehearsal(config.maxNumSeqs(), blocks, blockSize);
        return steps.stream().mapToDouble(step -> seconds(plan(rehearsal, step))).toArray();
    }

    private static StepPlan plan(Rehearsal rehearsal, CalibrationStep step) {
        return step.prefillTokens() > 0
                ? rehearsal.prefill(step.prefillContext(), step.prefillTokens())
                : rehearsal.decodes(step.decodeSequences(), step.decodeContext());
    }

    private double seconds(StepPlan plan) {
        long begin = System.nanoTime();
        batch.pack(plan);
        runner.execute(batch, output);
        return Math.max(1, System.nanoTime() - begin) / 1e9;
    }

    private static double sum(double[] seconds) {
        double sum = 0;
        for (double second : seconds) {
            sum += second;
        }
        return sum;
    }
}
