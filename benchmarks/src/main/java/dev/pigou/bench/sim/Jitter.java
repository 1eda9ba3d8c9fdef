package dev.pigou.bench.sim;

import java.util.SplittableRandom;

/**
 * What disturbs a machine: each step takes a log-normal factor longer or shorter, and now and then everything stands still,
 * as for a garbage collection. Owned by one thread.
 */
public final class Jitter {
    private final Settings settings;
    private final SplittableRandom random;

    /**
     * How much it is disturbed.
     *
     * @param sigma of the factor's logarithm, whose mean factor is 1; 0 for none
     * @param pausesPerMinute of time spent in steps
     * @param pauseSeconds length of a pause
     */
    public record Settings(double sigma, double pausesPerMinute, double pauseSeconds) {
        public static final Settings NONE = new Settings(0, 0, 0);

        public Settings {
            if (!(sigma >= 0 && sigma <= 3 && pausesPerMinute >= 0 && pauseSeconds >= 0)) {
                throw new IllegalArgumentException(
                        "noise must be in 0 to 3, pauses and their length at least 0, but are " + sigma + ", "
                                + pausesPerMinute + " and " + pauseSeconds);
            }
        }
    }

    Jitter(Settings settings, long seed) {
        this.settings = settings;
        random = new SplittableRandom(seed);
    }

    /** How long a step of this length really takes. */
    double disturbed(double seconds) {
        double sigma = settings.sigma;
        double factor = sigma == 0 ? 1 : Math.exp(sigma * (random.nextGaussian() - sigma / 2));
        double result = seconds * factor;
        boolean pauses = settings.pausesPerMinute > 0
                && random.nextDouble() < seconds * settings.pausesPerMinute / 60;
        return pauses ? result + settings.pauseSeconds : result;
    }
}
