package dev.pigou.scheduler.estimate;

/** The terms of a {@link StepCost} as unknowns of a fit. */
final class StepTerms {
    static final int COUNT = 5;
    /** Amounts of each term that make a step of common size; they only make the unknowns comparable. */
    private static final double[] UNITS = {1, 512, 512 * 512.0, 32, 32 * 64.0};
    private static final double LEAST_SECONDS = 1e-9;

    private StepTerms() {}

    /** How much of each term is in a step, in units. */
    static void measure(StepWork work, double[] amounts) {
        amounts[0] = 1 / UNITS[0];
        amounts[1] = work.prefillTokens() / UNITS[1];
        amounts[2] = work.prefillTokenContexts() / UNITS[2];
        amounts[3] = work.decodeSequences() / UNITS[3];
        amounts[4] = work.kvBlocksRead() / UNITS[4];
    }

    static double[] secondsPerUnit(StepCost cost) {
        return new double[]{cost.baseSeconds() * UNITS[0], cost.secondsPerPrefillToken() * UNITS[1],
                cost.secondsPerPrefillTokenContext() * UNITS[2], cost.secondsPerDecodeSequence() * UNITS[3],
                cost.secondsPerKvBlockRead() * UNITS[4]};
    }

    /** Seconds for one of what the term counts. */
    static double seconds(FadingLeastSquares fit, int term) {
        return fit.coefficient(term) / UNITS[term];
    }

    static StepCost cost(FadingLeastSquares fit) {
        return new StepCost(Math.max(LEAST_SECONDS, seconds(fit, 0)), seconds(fit, 1), seconds(fit, 2),
                seconds(fit, 3), seconds(fit, 4));
    }
}
