package dev.pigou.bench.sim.demand;

import dev.pigou.scheduler.Tenant;
import java.util.List;

/**
 * All that will be asked of a machine.
 *
 * @param name for reports
 * @param tenants by index
 * @param requests in order of arrival; each one's id is its place
 */
public record Demand(String name, List<Tenant> tenants, List<Request> requests) {
    public Demand {
        tenants = List.copyOf(tenants);
        requests = List.copyOf(requests);
        if (requests.isEmpty()) {
            throw new IllegalArgumentException(
                    name + " leaves no request to simulate; widen --limit-requests or --duration");
        }
    }

    /** When the last request arrives. */
    public long lastArrivalNanos() {
        return requests.getLast().arrivalNanos();
    }
}
