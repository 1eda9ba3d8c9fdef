package dev.pigou.bench.served;

import dev.pigou.bench.load.result.PriceSample;
import dev.pigou.bench.load.result.RunResult;
import java.util.List;

/**
 * Prices and the queue at one moment.
 *
 * @param seconds since the run began
 * @param waiting requests sent that have neither a first token nor ended, as their clients know it
 * @param kvWaiting credits a block-second
 * @param prefill credits an uncached prompt token
 */
record MarketSample(double seconds, int waiting, double kvWaiting, double prefill) {
    /** One for each time in the window that the prices were asked for; none if there are none. */
    static List<MarketSample> of(RunResult run, Window window) {
        return run.prices().stream().filter(sample -> window.holds(sample.nanos()))
                .map(prices -> of(prices, run)).toList();
    }

    private static MarketSample of(PriceSample sample, RunResult run) {
        long now = sample.nanos();
        int waiting = (int) run.requests().stream().filter(request -> request.sentNanos() <= now
                && now < (request.firstTokenNanos() < 0 ? request.endNanos() : request.firstTokenNanos()))
                .count();
        return new MarketSample(now / 1e9, waiting, sample.prices().getOrDefault("kv_waiting", 0.0),
                sample.prices().getOrDefault("prefill", 0.0));
    }
}
