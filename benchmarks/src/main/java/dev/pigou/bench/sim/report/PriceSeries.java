package dev.pigou.bench.sim.report;

import java.util.List;

/**
 * Prices over time: each figure is the mean over one slot, the first of which begins when the run does. For comparison with
 * the duals of the hindsight bound.
 */
public record PriceSeries(double slotSeconds, List<Double> kvWaiting, List<Double> kvCache,
        List<Double> prefill, List<Double> decode) {}
