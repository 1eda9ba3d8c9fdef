package dev.pigou.bench.sim;

/**
 * How long a step takes: a constant, paid once, and a part for each token, that grows with the tokens before it. Figures
 * are milliseconds.
 *
 * @param decodeStep constant of a step with at least one decoding sequence
 * @param perSequence for each decoding sequence
 * @param perContextToken for each token that a decoding sequence reads
 * @param prefillStep constant of a step that only computes prompts
 * @param perPrefillToken for each prompt token computed
 * @param perPrefillContext for each prompt token computed and each token it reads
 */
public record StepCosts(double decodeStep, double perSequence, double perContextToken, double prefillStep,
        double perPrefillToken, double perPrefillContext) {
    /** Llama 2 70B on eight H100, fitted to the measurements published with Splitwise (ISCA'24). */
    public static final StepCosts H100_70B = new StepCosts(29.9, 0.223, 1.6e-4, 5.7, 0.090, 1.5e-6);

    public StepCosts {
        for (double each : new double[]{decodeStep, perSequence, perContextToken, prefillStep,
                perPrefillToken, perPrefillContext}) {
            if (!(each >= 0 && each < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "costs of steps must be milliseconds of at least 0, but one is " + each);
            }
        }
        if (decodeStep + perSequence <= 0 || prefillStep + perPrefillToken <= 0) {
            throw new IllegalArgumentException("a step must take some time: give one of decode_step and "
                    + "per_sequence, and one of prefill_step and per_prefill_token, more than 0 ms");
        }
    }

    /** Without the constant: one sequence produces a token after {@code context} others. */
    public double decodeMillis(int context) {
        return perSequence + perContextToken * context;
    }

    /** Without the constant: prompt positions [from, to), each of which reads those before it. */
    public double prefillMillis(int from, int to) {
        double tokens = (double) to - from;
        return tokens * (perPrefillToken + perPrefillContext * (from + (double) to) / 2);
    }

    public double constantMillis(boolean decodes, boolean prefills) {
        return Math.max(decodes ? decodeStep : 0, prefills ? prefillStep : 0);
    }
}
