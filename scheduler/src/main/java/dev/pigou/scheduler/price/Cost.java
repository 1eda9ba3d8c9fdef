package dev.pigou.scheduler.price;

/**
 * What a request costs, by what for; in credits.
 *
 * @param prefill for computing the prompt tokens that are not cached
 * @param decode for producing tokens
 * @param kv for holding KV memory
 * @param lease for keeping the prompt in the cache afterwards
 */
public record Cost(double prefill, double decode, double kv, double lease) {
    public static final Cost NOTHING = new Cost(0, 0, 0, 0);

    public double total() { return prefill + decode + kv + lease; }
}
