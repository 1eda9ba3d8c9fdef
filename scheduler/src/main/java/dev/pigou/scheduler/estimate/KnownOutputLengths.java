package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Sequence;

/**
 * Is told how long answers get, exactly or by a guess that is off by a log-normal factor: for simulations, where what
 * knowledge is worth is the question. Owned by the scheduler's thread; allocates nothing.
 */
public final class KnownOutputLengths implements OutputLengths {
    /*
     * The guess is length exp(sigma z), with z standard normal and fixed by seed and sequence. Seen from the guess,
     * and knowing nothing else, the length is then log-normal with the guess as its median; answers are moments and
     * quantiles of that law, given what has come already and that no more than the room can come. (Ours; the
     * moments of a truncated log-normal are textbook.)
     */

    /** Tells how many tokens an answer will have unless it is cut. */
    @FunctionalInterface
    public interface TrueLengths {
        /** At least 1. */
        int outputTokens(long sequenceId);
    }

    private final TrueLengths trueLengths;
    private final double sigma;
    private final long seed;

    /** Knows exactly. */
    public KnownOutputLengths(TrueLengths trueLengths) { this(trueLengths, 0, 0); }

    /**
     * @param sigma standard deviation of the logarithm of the factor that guesses are off by; at least 0
     * @param seed equal seeds give equal guesses
     */
    public KnownOutputLengths(TrueLengths trueLengths, double sigma, long seed) {
        if (!(sigma >= 0) || sigma == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("sigma must be a number of at least 0, but is " + sigma);
        }
        this.trueLengths = trueLengths;
        this.sigma = sigma;
        this.seed = seed;
    }

    @Override
    public double expectedRemaining(Sequence sequence) {
        int room = OutputLengths.room(sequence);
        if (room < 1) {
            return 0;
        }
        int produced = sequence.outputLength();
        double length = sigma == 0
                ? trueLengths.outputTokens(sequence.id())
                : moment(1, produced, produced + (double) room, guess(sequence.id()));
        return length > produced + 1 ? Math.min(length - produced, room) : 1; // also if it is no number
    }

    @Override
    public double varianceRemaining(Sequence sequence) {
        int room = OutputLengths.room(sequence);
        if (room < 1 || sigma == 0) {
            return 0;
        }
        int produced = sequence.outputLength();
        double guess = guess(sequence.id());
        double mean = moment(1, produced, produced + (double) room, guess);
        double variance = moment(2, produced, produced + (double) room, guess) - mean * mean;
        return variance > 0 ? variance : 0;
    }

    @Override
    public int quantileRemaining(Sequence sequence, double quantile) {
        int room = OutputLengths.room(sequence);
        if (room < 1) {
            return 0;
        }
        int produced = sequence.outputLength();
        double length = trueLengths.outputTokens(sequence.id());
        if (sigma > 0) {
            double guess = guess(sequence.id());
            double above = (1 - quantile) * StandardNormal.above(deviation(produced, guess));
            length = above > 0 ? Math.ceil(guess * Math.exp(-sigma * StandardNormal.quantile(above))) : 0;
        }
        return (int) Math.clamp(length - produced, 1, room);
    }

    @Override
    public void observe(Sequence ended) {
        // there is nothing to learn
    }

    private double guess(long sequenceId) {
        double uniform = ((mix(seed ^ mix(sequenceId)) >>> 11) + 0.5) * 0x1p-53;
        return trueLengths.outputTokens(sequenceId) * Math.exp(sigma * StandardNormal.quantile(uniform));
    }

    /** E[min(L, most)^order | L > produced] for order 1 or 2. */
    private double moment(int order, double produced, double most, double guess) {
        double from = deviation(produced, guess);
        double to = deviation(most, guess);
        double shift = order * sigma;
        double between = StandardNormal.above(from - shift) - StandardNormal.above(to - shift);
        double scale = Math.pow(guess, order) * Math.exp(shift * shift / 2);
        double capped = Math.pow(most, order) * StandardNormal.above(to);
        return (scale * between + capped) / StandardNormal.above(from);
    }

    private double deviation(double length, double guess) { return Math.log(length / guess) / sigma; }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    private static long mix(long x) {
        long z = x + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
