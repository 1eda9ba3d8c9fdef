package dev.pigou.bench.served;

import dev.pigou.bench.load.workload.LengthRange;

/**
 * What a tenant asks for, again and again.
 *
 * @param name of the tenant
 * @param prompt tokens
 * @param answer tokens
 * @param patienceSeconds to the first token: by then an answer is worth nothing, and its client leaves
 */
public record Sender(String name, LengthRange prompt, LengthRange answer, double patienceSeconds) {
    public Sender {
        if (!(patienceSeconds > 0 && patienceSeconds <= 3600)) {
            throw new IllegalArgumentException(
                    "a patience must be above 0 and at most 3600 seconds, but is " + patienceSeconds);
        }
    }
}
