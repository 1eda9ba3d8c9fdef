package dev.pigou.bench.sim.demand;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What answers are worth where a trace does not say: {@code weight * (base + perThousandTokens * (prompt + answer) / 1000)}
 * credits, the weight drawn for each request alone and regardless of its tenant.
 *
 * @param base credits
 * @param perThousandTokens credits
 */
public record ValueRule(List<Weight> weights, double base, double perThousandTokens) {
    /** Six in ten requests count once, three in ten three times, one in ten ten times; one credit each. */
    public static final ValueRule DEFAULT = new ValueRule(
            List.of(new Weight(1, 0.6), new Weight(3, 0.3), new Weight(10, 0.1)), 1, 0);

    private static final String FORM = "weights look like 1:0.6,3:0.3,10:0.1 (weight:share)";

    /**
     * How many count how much.
     *
     * @param share of the requests, relative to the other shares; above 0
     */
    public record Weight(double weight, double share) {
        public Weight {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY && share > 0
                    && share < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "a weight of " + weight + " with a share of " + share + " makes no sense: " + FORM);
            }
        }
    }

    public ValueRule {
        weights = List.copyOf(weights);
        if (weights.isEmpty() || !(base >= 0) || !(perThousandTokens >= 0)) {
            throw new IllegalArgumentException("values must be at least 0, and " + FORM);
        }
    }

    /** Reads {@code 1:0.6,3:0.3,10:0.1}. */
    public static List<Weight> parseWeights(String text) {
        List<Weight> weights = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] pair = part.split(":", -1);
            try {
                if (pair.length == 2) {
                    weights.add(new Weight(Double.parseDouble(pair[0]), Double.parseDouble(pair[1])));
                    continue;
                }
            } catch (NumberFormatException _) {
                // said below
            }
            throw new IllegalArgumentException("'" + part + "' is no weight: " + FORM);
        }
        return weights;
    }

    /** Credits for an answer at once. */
    public double value(int promptTokens, int outputTokens, SplittableRandom random) {
        return weight(random) * (base + perThousandTokens * (promptTokens + (double) outputTokens) / 1000);
    }

    private double weight(SplittableRandom random) {
        double total = weights.stream().mapToDouble(Weight::share).sum();
        double left = random.nextDouble() * total;
        for (Weight weight : weights) {
            left -= weight.share;
            if (left < 0) {
                return weight.weight;
            }
        }
        return weights.getLast().weight;
    }
}
