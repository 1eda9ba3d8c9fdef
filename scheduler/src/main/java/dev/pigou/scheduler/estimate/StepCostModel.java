package dev.pigou.scheduler.estimate;

/**
 * What a step takes, learned from the steps of this very machine: a {@link StepCost} that follows the hardware.
 * Owned by the scheduler's thread; {@link #observe} takes below a microsecond or so and allocates nothing.
 */
public final class StepCostModel {
    /*
     * Weighted least squares on relative errors: y is divided by what was expected, since the noise of a step grows
     * with its length, and observations fade so that some MEMORY_STEPS count.
     *
     * What is never observed stays. Plain exponential forgetting loses the direction that is not excited (no
     * prefill for a long time) and then follows noise. As Parkum, Poulsen and Holst (Recursive forgetting
     * algorithms, Int. J. Control 55, 1992) restore information as fast as it fades, so do we, by an affirmation of
     * the last estimate in each step: priorSteps of evidence stand behind each term, at first for the prior and
     * later for what was last believed.
     *
     * One bad step moves nothing. Huber's weights (Robust estimation of a location parameter, 1964) bound the
     * influence of a step to that of an error of HUBER times the usual one, which is a running mean that large
     * errors raise only slowly.
     *
     * A new speed is learned quickly nevertheless (ours). So many surprises in a row, all to the same side, are a
     * change and no accident. What was known is then kept as if all had been slower (or faster) by their ratio,
     * since clocks and throttling act on all terms alike, but counts for CHANGED_STEPS only; so if it was not all
     * of them, that shows soon.
     */
    private static final double MEMORY_STEPS = 512;
    private static final double KEPT = 1 - 1 / MEMORY_STEPS;
    private static final int SWEEPS = 3;
    private static final double HUBER = 2.5;
    private static final double ERROR_GAIN = 1.0 / 64;
    private static final double FIRST_ERROR = 0.25;
    private static final double LEAST_ERROR = 0.005;
    /** A step that took longer than this times what was expected is weighted by what it took. */
    private static final double MOST_SLOWER = 3;
    private static final double SURPRISE = 3;
    private static final int FEWEST_SURPRISES = 4;
    private static final int MOST_SURPRISES = 16;
    /** Evidence against a model must be this part of the evidence for it. */
    private static final double ENOUGH_SURPRISES = 1.0 / 8;
    private static final double CHANGED_STEPS = 8;
    private static final double LEAST_SECONDS = 1e-9;

    private final FadingLeastSquares fit;
    private final double priorSteps;
    private final double[] amounts = new double[StepTerms.COUNT];
    /** Of each term, as of the latest step: asked for far more often than it changes. */
    private final double[] secondsPerUnit = new double[StepTerms.COUNT];
    private double usualError = FIRST_ERROR;
    private double evidenceSteps;
    /** Surprises in a row: steps that took longer than expected if above 0, shorter if below. */
    private int surprises;
    private double surpriseLogRatio;

    /**
     * @param prior believed until steps say otherwise
     * @param priorSteps how many steps of common size the prior counts for, above 0; and later, for each term,
     *     what was last believed of it
     */
    public StepCostModel(StepCost prior, double priorSteps) {
        if (!(priorSteps > 0) || priorSteps == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("the prior must count for some steps, not " + priorSteps);
        }
        this.priorSteps = priorSteps;
        fit = new FadingLeastSquares(StepTerms.secondsPerUnit(prior));
        fit.affirm(affirmation(priorSteps));
        readCoefficients();
    }

    private void readCoefficients() {
        for (int term = 0; term < StepTerms.COUNT; term++) {
            secondsPerUnit[term] = StepTerms.seconds(fit, term);
        }
    }

    /** A step of this work took so long. Nothing is learned from times that are no times. */
    public void observe(StepWork work, double seconds) {
        if (!(seconds > 0) || seconds == Double.POSITIVE_INFINITY || work.isEmpty()) {
            return;
        }
        StepTerms.measure(work, amounts);
        double expected = Math.max(LEAST_SECONDS, fit.predict(amounts));
        double error = relativeError(seconds, expected);
        if (isChange(error, seconds / expected)) {
            change(Math.exp(surpriseLogRatio / Math.abs(surprises)));
            expected = Math.max(LEAST_SECONDS, fit.predict(amounts));
            error = relativeError(seconds, expected);
        }
        learn(seconds, expected, error);
        readCoefficients();
    }

    private static double relativeError(double seconds, double expected) {
        return (seconds - expected) / weighedBy(seconds, expected);
    }

    private static double weighedBy(double seconds, double expected) {
        return Math.max(expected, seconds / MOST_SLOWER);
    }

    private boolean isChange(double error, double ratio) {
        int side = error > SURPRISE * usualError ? 1 : error < -SURPRISE * usualError ? -1 : 0;
        if (side == 0 || side * surprises < 0) {
            surprises = 0;
            surpriseLogRatio = 0;
        }
        if (side == 0) {
            return false;
        }
        surprises += side;
        surpriseLogRatio += Math.log(ratio);
        double needed = ENOUGH_SURPRISES * (priorSteps + evidenceSteps);
        return Math.abs(surprises) >= Math.clamp(needed, FEWEST_SURPRISES, MOST_SURPRISES);
    }

    private void change(double ratio) {
        double kept = Math.min(1, CHANGED_STEPS / (priorSteps + evidenceSteps));
        fit.fade(kept);
        fit.rescale(ratio);
        fit.affirm(affirmation(priorSteps * (1 - kept)));
        evidenceSteps *= kept;
        surprises = 0;
        surpriseLogRatio = 0;
    }

    private void learn(double seconds, double expected, double error) {
        double size = Math.abs(error);
        double trust = size <= HUBER * usualError ? 1 : HUBER * usualError / size;
        double weighedBy = weighedBy(seconds, expected);
        fit.fade(KEPT);
        fit.affirm(affirmation(priorSteps / MEMORY_STEPS));
        fit.add(amounts, seconds, trust / (weighedBy * weighedBy));
        fit.descend(SWEEPS);
        evidenceSteps = KEPT * evidenceSteps + trust;
        double bounded = Math.min(size, SURPRISE * usualError);
        usualError = Math.max(LEAST_ERROR, usualError + ERROR_GAIN * (bounded - usualError));
    }

    /** So many steps' weight behind each term by itself, where a step is one of the common size. */
    private double affirmation(double steps) {
        double seconds = LEAST_SECONDS;
        for (int i = 0; i < StepTerms.COUNT; i++) {
            seconds += fit.coefficient(i);
        }
        return steps / (seconds * seconds);
    }

    /** What a step of this work will take. */
    public double seconds(StepWork work) {
        StepTerms.measure(work, amounts);
        return fit.predict(amounts);
    }

    public double baseSeconds() { return secondsPerUnit[0]; }

    /** By how much one more prefill token with so many tokens before it makes a step longer. */
    public double secondsPerPrefillToken(double contextTokens) {
        return secondsPerUnit[1] + contextTokens * secondsPerUnit[2];
    }

    /** By how much one more decoding sequence makes a step longer, but for the reading of its KV blocks. */
    public double secondsPerDecodeSequence() {
        return secondsPerUnit[3];
    }

    /** By how much one more KV block, read by a decoding sequence, makes a step longer. */
    public double secondsPerKvBlockRead() {
        return secondsPerUnit[4];
    }

    /** Relative error that a step usually has. */
    public double usualError() { return usualError; }

    /** What is believed now. Allocates. */
    public StepCost cost() { return StepTerms.cost(fit); }
}
