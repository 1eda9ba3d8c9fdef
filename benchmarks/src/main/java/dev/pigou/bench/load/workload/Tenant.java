package dev.pigou.bench.load.workload;

import java.util.Optional;

/**
 * Somebody who sends requests.
 *
 * @param name for reports
 * @param weight its share of the requests, relative to the other tenants' weights; above 0
 * @param apiKey sent as bearer token; the run's own key if empty
 * @param bid sent with each of its requests
 */
public record Tenant(String name, double weight, Optional<String> apiKey, Bid bid) {
    /** Stands for everybody where tenants are not told apart. */
    public static final Tenant ANYBODY = new Tenant("all", 1, Optional.empty(), Bid.NONE);
}
