package dev.pigou.scheduler.price;

/**
 * Keeps the 95 % cost honest: a factor on it that grows when a request cost more and shrinks a little when it did not, so
 * that 95 of 100 stay below in the long run, whatever is wrong with the forecast (the idea of adaptive conformal inference,
 * Gibbs and Candes, arXiv 2106.00170). Owned by the scheduler's thread; allocates nothing.
 */
final class QuoteCalibration {
    private static final double MISSED = 0.05;
    /** Small, as what a factor was worth is known only when answers end: larger ones overshoot, and never come to rest. */
    private static final double GAIN = 0.03;
    private static final double MOST = Math.log(100);

    private double logFactor;

    /** By which the forecast 95 % cost is multiplied. */
    double factor() { return Math.exp(logFactor); }

    /** A request has come to its end that was forecast to cost no more than so much. */
    void learn(long forecastPico, long meteredPico) {
        if (forecastPico == 0 && meteredPico == 0) {
            return; // says nothing of any factor
        }
        double step = meteredPico > forecastPico ? 1 - MISSED : -MISSED;
        logFactor = Math.clamp(logFactor + GAIN * step, -MOST, MOST);
    }
}
