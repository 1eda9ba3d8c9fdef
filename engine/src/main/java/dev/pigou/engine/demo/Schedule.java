package dev.pigou.engine.demo;

/**
 * How the learning rate moves: up over the first steps, level, then down to nothing along half a cosine.
 *
 * @param steps of the whole training
 */
record Schedule(int steps, int warmUp, double peak, double decayShare) {
    /** @param step counts from 0 */
    double learningRate(int step) {
        if (step < warmUp) {
            return peak * (step + 1) / warmUp;
        }
        double decayFrom = steps * (1 - decayShare);
        if (step < decayFrom) {
            return peak;
        }
        return peak * 0.5 * (1 + Math.cos(Math.PI * (step - decayFrom) / (steps - decayFrom)));
    }

    /** Easy questions first: the share of hard ones grows over the first thousand steps. */
    double hardShare(int step) {
        return 0.25 + 0.45 * Math.min(1, step / 1000.0);
    }
}
