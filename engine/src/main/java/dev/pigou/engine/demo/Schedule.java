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
    private static final int EASY_STEPS = 1000;
    private static final Mix FIRST = new Mix(0.2, 0.6);
    private static final Mix MIDDLE = new Mix(0.5, 0.6);
    private static final Mix LAST = new Mix(0.5, 0.3);

    /** @param step counts from 0 */
    double learningRate(int step) {
        double warmth = Math.min(1, (step + 1.0) / WARM_UP_STEPS);
        return PEAK * warmth * 0.5 * (1 + Math.cos(Math.PI * decayed(step)));
    }

    /** Easy questions come first, and drills before the many ways to ask. */
    Mix mix(int step) {
        if (decayed(step) > 0) {
            return LAST;
        }
        return step < EASY_STEPS ? FIRST : MIDDLE;
    }

    /** How much of the decay lies behind, between 0 and 1. */
    private double decayed(int step) {
        double from = steps * (1 - DECAY_SHARE);
        return Math.max(0, step - from) / (steps - from);
    }
}
