package dev.pigou.engine.model;

import java.util.Optional;

/**
 * The rotary settings of config.json, in either spelling: {@code rope_theta} and {@code rope_scaling}, or the
 * one object {@code rope_parameters} of newer transformers.
 */
record RopeParameters(double theta, RopeScaling scaling) {
    private static final double DEFAULT_THETA = 10_000;
    private static final double MAX_FACTOR = 1e6;
    private static final double MAX_POSITIONS = 1 << 28;

    static RopeParameters read(JsonObject json, int maxPositions) {
        Optional<JsonObject> merged = json.object("rope_parameters");
        JsonObject thetaSource = merged.filter(object -> object.has("rope_theta")).orElse(json);
        double theta = thetaSource.number("rope_theta").orElse(DEFAULT_THETA);
        Optional<JsonObject> scaling = json.object("rope_scaling").or(() -> merged);
        return new RopeParameters(theta,
                scaling.map(object -> scaling(object, maxPositions)).orElseGet(RopeScaling.None::new));
    }

    private static RopeScaling scaling(JsonObject json, int maxPositions) {
        String key = json.has("rope_type") ? "rope_type" : "type";
        String type = json.string(key).orElse("default");
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(factor(json));
            case "dynamic" -> new RopeScaling.Dynamic(factor(json));
            case "yarn" -> yarn(json, maxPositions);
            case "llama3" -> llama3(json);
            default -> throw json.problem(key,
                    "is " + type + "; supported are default, linear, dynamic, yarn, llama3");
        };
    }

    private static RopeScaling yarn(JsonObject json, int maxPositions) {
        int original = json.has("original_max_position_embeddings")
                ? originalMaxPositions(json)
                : maxPositions;
        double factor = json.has("factor") ? factor(json) : (double) maxPositions / original;
        double betaFast = json.number("beta_fast", 0, MAX_FACTOR).orElse(32);
        double betaSlow = json.number("beta_slow", 0, MAX_FACTOR).orElse(1);
        if (betaFast < betaSlow) {
            throw json.problem("beta_fast",
                    "is " + betaFast + ", but must be at least beta_slow " + betaSlow);
        }
        return new RopeScaling.Yarn(factor, original, betaFast, betaSlow,
                json.number("attention_factor", 0, MAX_FACTOR), json.number("mscale", -1, MAX_FACTOR),
                json.number("mscale_all_dim", -1, MAX_FACTOR), json.bool("truncate", true));
    }

    private static RopeScaling llama3(JsonObject json) {
        double low = json.number("low_freq_factor", 0, MAX_FACTOR)
                .orElseThrow(() -> json.missing("low_freq_factor"));
        double high = json.number("high_freq_factor", 0, MAX_FACTOR)
                .orElseThrow(() -> json.missing("high_freq_factor"));
        if (high <= low) {
            throw json.problem("high_freq_factor",
                    "is " + high + ", but must be above low_freq_factor " + low);
        }
        return new RopeScaling.Llama3(factor(json), low, high, originalMaxPositions(json));
    }

    private static double factor(JsonObject json) {
        double factor = json.number("factor", 0, MAX_FACTOR).orElseThrow(() -> json.missing("factor"));
        if (factor < 1) {
            throw json.problem("factor", "is " + factor + ", but must be at least 1");
        }
        return factor;
    }

    private static int originalMaxPositions(JsonObject json) {
        int positions = json.requiredInteger("original_max_position_embeddings");
        if (positions < 1 || positions > MAX_POSITIONS) {
            throw json.problem("original_max_position_embeddings",
                    "is " + positions + ", but must be between 1 and " + (long) MAX_POSITIONS);
        }
        return positions;
    }
}
