package dev.pigou.bench.sim;

/**
 * The price vector at one moment.
 *
 * @param kvWaiting credits per block-second: what waits would pay
 * @param kvCache credits per block-second: what eviction would destroy
 * @param prefill credits per uncached prompt token
 * @param decode credits per output token
 */
public record Prices(double kvWaiting, double kvCache, double prefill, double decode) {}
