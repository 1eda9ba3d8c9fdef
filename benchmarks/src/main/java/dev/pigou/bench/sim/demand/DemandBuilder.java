package dev.pigou.bench.sim.demand;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Collects requests from several sources and puts them in order. Owned by one thread. */
final class DemandBuilder {
    private static final double NANOS_PER_SECOND = 1e9;

    private final DemandSettings settings;
    private final Map<String, Tenant> tenants = new LinkedHashMap<>();
    private final List<Request> requests = new ArrayList<>();

    DemandBuilder(DemandSettings settings) { this.settings = settings; }

    /** A request whose value is drawn by the rule, from a stream of its own: it does not depend on what else is asked. */
    void add(String tenantName, double arrivalSeconds, double patienceSeconds, Prompt prompt,
            int outputTokens) {
        Tenant tenant = tenants.computeIfAbsent(tenantName, name -> new Tenant(tenants.size(), name, 1));
        double value = settings.values().value(prompt.length(), outputTokens,
                new SplittableRandom(Seeds.mix(settings.seed(), prompt.own())));
        Bid bid = new Bid(tenant, value, value / patienceSeconds, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE,
                0);
        long arrivalNanos = (long) (arrivalSeconds / settings.load() * NANOS_PER_SECOND);
        requests.add(new Request(requests.size(), bid, arrivalNanos, prompt, outputTokens,
                settings.maxTokens(outputTokens)));
    }

    Demand build(String name) {
        requests.sort(Comparator.comparingLong(Request::arrivalNanos)); // stable: ties keep their order
        int count = settings.limitRequests() == 0
                ? requests.size()
                : Math.min(settings.limitRequests(), requests.size());
        double end = settings.durationSeconds() == 0
                ? Double.POSITIVE_INFINITY
                : settings.durationSeconds() * NANOS_PER_SECOND;
        List<Request> kept = new ArrayList<>(count);
        for (Request request : requests.subList(0, count)) {
            if (request.arrivalNanos() < end) {
                kept.add(new Request(kept.size(), request.bid(), request.arrivalNanos(), request.prompt(),
                        request.outputTokens(), request.maxTokens()));
            }
        }
        return new Demand(name, List.copyOf(tenants.values()), kept);
    }
}
