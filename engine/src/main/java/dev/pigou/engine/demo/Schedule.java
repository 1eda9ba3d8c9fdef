package dev.pigou.engine.demo;

/**
 * How the learning rate moves: up over the first steps, level, then down to nothing along half a cosine.
 *
 * @param steps of the whole training
 */
record Schedule(int steps) {
    private static final int WARM_UP_STEPS = 200;
    private static final double PEAK = 3e-3;
    private static final double DECAY_SHARE = 0.5;
    private static final double FIRST_HARD_SHARE = 0.25;
    private static final double LAST_HARD_SHARE = 0.7;
    private static final int EASY_STEPS = 1000;

    /** @param step counts from 0 */
    double learningRate(int step) {
        double decayFrom = steps * (1 - DECAY_SHARE);
        double decayed = Math.max(0, step - decayFrom) / (steps - decayFrom);
        double warmth = Math.min(1, (step + 1.0) / WARM_UP_STEPS);
        return PEAK * warmth * 0.5 * (1 + Math.cos(Math.PI * decayed));
    }

    /** Easy questions come first: the share of hard ones grows. */
    double hardShare(int step) {
        double grown = Math.min(1, (double) step / EASY_STEPS);
        return FIRST_HARD_SHARE + (LAST_HARD_SHARE - FIRST_HARD_SHARE) * grown;
    }
}
