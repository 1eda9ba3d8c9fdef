package dev.pigou.engine.model;

/**
 * The radians per position of each rotary pair, by the rules of transformers' {@code modeling_rope_utils}.
 */
final class RotaryFrequencies {
    private final ModelConfig config;
    private final int halfDim;
    private final double attentionFactor;
    private double[] current;

    private RotaryFrequencies(ModelConfig config) {
        this.config = config;
        this.halfDim = config.headDim() / 2;
        this.attentionFactor = config.ropeScaling() instanceof RopeScaling.Yarn yarn
                ? attentionFactor(yarn)
                : 1;
        this.current = switch (config.ropeScaling()) {
            case RopeScaling.None _,RopeScaling.Dynamic _ -> plain(config.ropeTheta());
            case RopeScaling.Linear linear -> linear(linear.factor());
            case RopeScaling.Yarn yarn -> yarn(yarn);
            case RopeScaling.Llama3 llama3 -> llama3(llama3);
        };
    }

    static RotaryFrequencies of(ModelConfig config) { return new RotaryFrequencies(config); }

    /** What cosines and sines are multiplied by. */
    double attentionFactor() { return attentionFactor; }

    /** Frequencies for one position; the array is valid until the next call. */
    double[] at(int position) {
        if (config.ropeScaling() instanceof RopeScaling.Dynamic dynamic
                && position >= config.maxPositionEmbeddings()) {
            current = plain(dynamicBase(dynamic.factor(), position + 1));
        }
        return current;
    }

    private double[] plain(double base) {
        double[] frequencies = new double[halfDim];
        for (int j = 0; j < halfDim; j++) {
            frequencies[j] = Math.pow(base, -(double) j / halfDim);
        }
        return frequencies;
    }

    private double[] linear(double factor) {
        double[] frequencies = plain(config.ropeTheta());
        for (int j = 0; j < halfDim; j++) {
            frequencies[j] /= factor;
        }
        return frequencies;
    }

    private double dynamicBase(double factor, int length) {
        double stretch = factor * length / config.maxPositionEmbeddings() - (factor - 1);
        // A head of two elements has one pair, whose frequency is 1 whatever the base.
        double exponent = halfDim == 1 ? 0 : (double) halfDim / (halfDim - 1);
        return config.ropeTheta() * Math.pow(stretch, exponent);
    }

    private double[] llama3(RopeScaling.Llama3 scaling) {
        double[] frequencies = plain(config.ropeTheta());
        double longest = scaling.originalMaxPositions() / scaling.lowFreqFactor();
        double shortest = scaling.originalMaxPositions() / scaling.highFreqFactor();
        for (int j = 0; j < halfDim; j++) {
            double wavelength = 2 * Math.PI / frequencies[j];
            if (wavelength > longest) {
                frequencies[j] /= scaling.factor();
            } else if (wavelength >= shortest) {
                double keep = (scaling.originalMaxPositions() / wavelength - scaling.lowFreqFactor())
                        / (scaling.highFreqFactor() - scaling.lowFreqFactor());
                frequencies[j] *= (1 - keep) / scaling.factor() + keep;
            }
        }
        return frequencies;
    }

    private double[] yarn(RopeScaling.Yarn scaling) {
        double low = yarnDimension(scaling, scaling.betaFast());
        double high = yarnDimension(scaling, scaling.betaSlow());
        if (scaling.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, config.headDim() - 1);
        if (low == high) {
            high += 0.001; // a step instead of a ramp
        }
        double[] frequencies = plain(config.ropeTheta());
        for (int j = 0; j < halfDim; j++) {
            double interpolated = Math.clamp((j - low) / (high - low), 0, 1);
            frequencies[j] *= interpolated / scaling.factor() + (1 - interpolated);
        }
        return frequencies;
    }

    /** The (fractional) pair that turns {@code rotations} times within the original context. */
    private double yarnDimension(RopeScaling.Yarn scaling, double rotations) {
        return halfDim * Math.log(scaling.originalMaxPositions() / (rotations * 2 * Math.PI))
                / Math.log(config.ropeTheta());
    }

    private static double attentionFactor(RopeScaling.Yarn scaling) {
        if (scaling.attentionFactor().isPresent()) {
            return scaling.attentionFactor().getAsDouble();
        }
        double mscale = scaling.mscale().orElse(0);
        double mscaleAllDim = scaling.mscaleAllDim().orElse(0);
        if (mscale != 0 && mscaleAllDim != 0) {
            return yarnMscale(scaling.factor(), mscale) / yarnMscale(scaling.factor(), mscaleAllDim);
        }
        return yarnMscale(scaling.factor(), 1);
    }

    private static double yarnMscale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }
}
