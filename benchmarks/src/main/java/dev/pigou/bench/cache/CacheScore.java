package dev.pigou.bench.cache;

/**
 * What a cache saved.
 *
 * @param blockHitRate share of the prompt blocks that were found
 * @param savedShare share of the time of prefill that was saved: deep blocks cost more
 */
public record CacheScore(double blockHitRate, double savedShare) {}
