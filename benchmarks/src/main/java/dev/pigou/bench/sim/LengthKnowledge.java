package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.scheduler.estimate.KnownOutputLengths;
import dev.pigou.scheduler.estimate.LearnedOutputLengths;
import dev.pigou.scheduler.estimate.OutputLengths;

/** What policies know of how long answers get: {@code known}, {@code noisy:SIGMA} or {@code unknown}. */
public final class LengthKnowledge {
    private static final String NOISY = "noisy:";

    private LengthKnowledge() {}

    /**
     * The knowledge of this name; what is unknown is learned as the run goes.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static OutputLengths named(String name, Demand demand, long seed) {
        KnownOutputLengths.TrueLengths truth = id -> demand.requests().get((int) id).outputTokens();
        if (name.equals("known")) {
            return new KnownOutputLengths(truth);
        }
        if (name.equals("unknown")) {
            return new LearnedOutputLengths(demand.tenants().size());
        }
        if (name.startsWith(NOISY)) {
            try {
                double sigma = Double.parseDouble(name.substring(NOISY.length()));
                if (sigma >= 0 && sigma <= 5) {
                    return new KnownOutputLengths(truth, sigma, seed);
                }
            } catch (NumberFormatException _) {
                // said below
            }
        }
        throw new IllegalArgumentException(
                "--lengths must be known, unknown or noisy:SIGMA with a sigma in 0 to 5, but is '" + name
                        + "'");
    }
}
