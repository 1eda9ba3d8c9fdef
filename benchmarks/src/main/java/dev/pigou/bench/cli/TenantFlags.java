package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Tenant;
import dev.pigou.bench.load.workload.TenantMix;
import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceRow;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Who sends the requests, and what they are worth to them. */
final class TenantFlags {
    @Option(names = "--tenant", paramLabel = "NAME[,FIELD=VALUE,...]", converter = TenantConverter.class, description = ""
            + "Somebody who sends requests; may be repeated. Fields: weight (its share of the requests, relative to the "
            + "others'; 1), key (its API key), tier (service_tier), and in credits value, latency-price (per second) and "
            + "max-price, deadline-ms. A tenant of a trace is given its key and bid by its name. Default: everybody is one.")
    private List<Tenant> tenants = List.of();

    TenantMix mix(Optional<Trace> trace) {
        Set<String> names = new HashSet<>();
        for (Tenant tenant : tenants) {
            if (!names.add(tenant.name())) {
                throw new IllegalArgumentException("--tenant " + tenant.name() + " is given twice");
            }
        }
        trace.map(TenantFlags::names).filter(known -> !known.isEmpty()).ifPresent(known -> {
            names.removeAll(known);
            if (!names.isEmpty()) {
                throw new IllegalArgumentException(
                        "--tenant " + names.iterator().next() + " is not in the trace, whose tenants are "
                                + known.stream().sorted().limit(10).collect(Collectors.joining(", "))
                                + (known.size() > 10 ? ", ..." : ""));
            }
        });
        return new TenantMix(tenants);
    }

    private static Set<String> names(Trace trace) {
        return trace.rows().stream().map(TraceRow::tenant).filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }
}
