package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.WeightRole;
import dev.pigou.engine.model.WeightSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Where training starts: norms at 1, matrices at small random values. */
final class InitialWeights {
    private static final double DEVIATION = 0.02;

    private InitialWeights() {}

    static Map<String, float[]> of(ModelConfig config, long seed) {
        var random = new SplittableRandom(seed);
        var weights = new LinkedHashMap<String, float[]>();
        for (WeightSpec weight : ModelWeights.of(config)) {
            var values = new float[Math.toIntExact(weight.elements())];
            if (weight.shape().size() == 1) {
                Arrays.fill(values, 1f);
            } else {
                double deviation = deviation(weight, config);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextGaussian() * deviation);
                }
            }
            weights.put(weight.name(), values);
        }
        return weights;
    }

    /** What every layer adds to the residual stream starts smaller in a deeper model, so that the sum does not grow. */
    private static double deviation(WeightSpec weight, ModelConfig config) {
        boolean adds = weight.role() == WeightRole.OUTPUT || weight.role() == WeightRole.DOWN;
        return adds ? DEVIATION / Math.sqrt(2.0 * config.layers()) : DEVIATION;
    }
}
