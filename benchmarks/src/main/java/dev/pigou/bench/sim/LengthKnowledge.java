package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.bench.sim.demand.Seeds;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.estimate.OutputLengths;
import java.util.SplittableRandom;

/** What policies are told of how long answers get: {@code known}, {@code noisy:SIGMA} or {@code unknown}. */
public final class LengthKnowledge {
    private static final String NOISY = "noisy:";

    private LengthKnowledge() {}

    public static OutputLengths named(String name, Demand demand, long seed) {
        if (name.equals("known")) {
            return new Predicted(demand, 0, seed);
        }
        if (name.equals("unknown")) {
            return new AskedFor();
        }
        if (name.startsWith(NOISY)) {
            try {
                double sigma = Double.parseDouble(name.substring(NOISY.length()));
                if (sigma > 0 && sigma <= 5) {
                    return new Predicted(demand, sigma, seed);
                }
            } catch (NumberFormatException _) {
                // said below
            }
        }
        throw new IllegalArgumentException(
                "--lengths must be known, unknown or noisy:SIGMA with a sigma in 0 to 5, but is '" + name
                        + "'");
    }

    /** The true length times a log-normal factor with a median of 1, drawn once for each request. */
    private static final class Predicted implements OutputLengths {
        private final double[] predicted;
        private final double sigma;

        Predicted(Demand demand, double sigma, long seed) {
            this.sigma = sigma;
            predicted = new double[demand.requests().size()];
            for (Request request : demand.requests()) {
                double normal = sigma == 0
                        ? 0
                        : new SplittableRandom(Seeds.mix(Seeds.mix(seed, 2), request.id())).nextGaussian();
                predicted[request.id()] = request.outputTokens() * Math.exp(sigma * normal);
            }
        }

        @Override
        public double expectedRemaining(Sequence sequence) {
            return clamp(sequence, predicted[(int) sequence.id()] - sequence.outputLength());
        }

        /** The logistic law in place of the normal one, which it follows to within a hundredth. */
        @Override
        public int quantileRemaining(Sequence sequence, double quantile) {
            double normal = Math.log(quantile / (1 - quantile)) / 1.702;
            double total = predicted[(int) sequence.id()] * Math.exp(sigma * normal);
            return (int) Math.ceil(clamp(sequence, total - sequence.outputLength()));
        }

        @Override
        public void observe(Sequence ended) {
            // it learns nothing: what it knows it was told
        }
    }

    /** Nothing is known but what the sender asked for; anything up to that is equally likely. */
    private static final class AskedFor implements OutputLengths {
        @Override
        public double expectedRemaining(Sequence sequence) {
            return clamp(sequence, (sequence.maxLength() - sequence.length()) / 2.0);
        }

        @Override
        public int quantileRemaining(Sequence sequence, double quantile) {
            return (int) Math.ceil(clamp(sequence, quantile * (sequence.maxLength() - sequence.length())));
        }

        @Override
        public void observe(Sequence ended) {
            // it learns nothing
        }
    }

    private static double clamp(Sequence sequence, double remaining) {
        return Math.min(Math.max(1, remaining), Math.max(1, sequence.maxLength() - sequence.length()));
    }
}
