package dev.pigou.bench.load.workload;

/**
 * A piece of a prompt that is the same wherever it occurs: a shared prefix, a block of a trace, or what one request alone
 * asks.
 *
 * @param key a random stream's seed; equal keys, equal words. A shorter passage begins as a longer one does
 * @param tokens how many of them, at least 0
 */
record Passage(long key, int tokens) {}
