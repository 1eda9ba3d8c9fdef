package dev.pigou.engine.cli;

import dev.pigou.engine.openai.ServiceTiers;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags that say what requests are worth that do not say it themselves. */
final class BidFlags {
    @Option(names = "--service-tiers", paramLabel = "TIER=VALUE:LATENCY_PRICE", split = ",", description = ""
            + "What an answer is worth to a request of a service tier, in credits, and what each second of delay "
            + "takes from it. Default: flex=0.25:0.0005,default=1:0.01,priority=4:0.1.")
    private List<String> tiers = List.of();

    ServiceTiers serviceTiers() { return ServiceTiers.of(tiers); }
}
