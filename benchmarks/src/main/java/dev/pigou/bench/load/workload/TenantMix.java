package dev.pigou.bench.load.workload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Deals requests to tenants: by the name that a trace gives, or else by weight. */
public final class TenantMix {
    private final List<Tenant> tenants;
    private final double totalWeight;
    private final Map<String, Tenant> byName;

    /** Nobody in the list means that tenants are not told apart. */
    public TenantMix(List<Tenant> tenants) {
        this.tenants = tenants.isEmpty() ? List.of(Tenant.ANYBODY) : List.copyOf(tenants);
        totalWeight = this.tenants.stream().mapToDouble(Tenant::weight).sum();
        byName = new HashMap<>(tenants.stream().collect(Collectors.toMap(Tenant::name, Function.identity())));
    }

    Tenant deal(String name, SplittableRandom random) {
        if (!name.isEmpty()) {
            return byName.computeIfAbsent(name, TenantMix::unlisted);
        }
        double left = random.nextDouble() * totalWeight;
        for (Tenant tenant : tenants) {
            left -= tenant.weight();
            if (left < 0) {
                return tenant;
            }
        }
        return tenants.getLast();
    }

    private static Tenant unlisted(String name) {
        return new Tenant(name, 1, Tenant.ANYBODY.apiKey(), Bid.NONE);
    }
}
