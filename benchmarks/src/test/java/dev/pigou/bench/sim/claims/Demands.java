package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.DemandSettings;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.bench.sim.demand.SyntheticDemand;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Generated demand, and what is made of it: joined, shortened, with other senders. */
final class Demands {
    private Demands() {}

    static Demand synthetic(int requests, double perSecond, double longShare, long seed) {
        return new SyntheticDemand(requests, perSecond, longShare)
                .generate(DemandSettings.DEFAULT.withSeed(seed));
    }

    /** One demand after the other has begun, so many seconds later; of the same tenants. */
    static Demand joined(Demand first, Demand second, double seconds) {
        List<Request> requests = new ArrayList<>(first.requests());
        for (Request request : second.requests()) {
            requests.add(at(request, request.arrivalNanos() + (long) (seconds * 1e9)));
        }
        return of(requests);
    }

    /** Each request as it is changed. */
    static Demand changed(Demand demand, UnaryOperator<Request> change) {
        return of(demand.requests().stream().map(change).toList());
    }

    /** All of these, in order of arrival, with the tenants that they name. */
    static Demand of(List<Request> requests) {
        List<Request> sorted = new ArrayList<>(requests);
        sorted.sort(Comparator.comparingLong(Request::arrivalNanos));
        List<Request> numbered = new ArrayList<>();
        for (Request request : sorted) {
            numbered.add(new Request(numbered.size(), request.bid(), request.arrivalNanos(), request.prompt(),
                    request.outputTokens(), request.maxTokens()));
        }
        List<Tenant> tenants = requests.stream().map(request -> request.bid().tenant()).distinct()
                .sorted(Comparator.comparingInt(Tenant::index)).toList();
        return new Demand("generated", tenants, numbered);
    }

    static Request at(Request request, long arrivalNanos) {
        return new Request(request.id(), request.bid(), arrivalNanos, request.prompt(),
                request.outputTokens(), request.maxTokens());
    }

    static Request bidding(Request request, Bid bid) {
        return new Request(request.id(), bid, request.arrivalNanos(), request.prompt(),
                request.outputTokens(), request.maxTokens());
    }

    static Bid by(Bid bid, Tenant tenant) {
        return new Bid(tenant, bid.value(), bid.latencyPrice(), bid.maxPrice(), bid.deadlineNanos(),
                bid.priority(), bid.serviceClass());
    }

    /** Says that delay costs so many times less. */
    static Bid patient(Bid bid, double factor) {
        return new Bid(bid.tenant(), bid.value(), bid.latencyPrice() / factor, bid.maxPrice(),
                bid.deadlineNanos(), bid.priority(), bid.serviceClass());
    }

    /** Says that all is worth so many times as much. */
    static Bid scaled(Bid bid, double factor) {
        return new Bid(bid.tenant(), bid.value() * factor, bid.latencyPrice() * factor, bid.maxPrice(),
                bid.deadlineNanos(), bid.priority(), bid.serviceClass());
    }
}
