package dev.pigou.bench.load.result;

import java.util.Map;

/**
 * The server's prices at one moment.
 *
 * @param nanos since the run began
 * @param prices by name, as {@code GET /v1/prices} tells them
 */
public record PriceSample(long nanos, Map<String, Double> prices) {
    public PriceSample {
        prices = Map.copyOf(prices);
    }
}
