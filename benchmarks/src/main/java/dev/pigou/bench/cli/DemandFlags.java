package dev.pigou.bench.cli;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.DemandSettings;
import dev.pigou.bench.sim.demand.PatienceRule;
import dev.pigou.bench.sim.demand.SyntheticDemand;
import dev.pigou.bench.sim.demand.TraceDemand;
import dev.pigou.bench.sim.demand.TraceSpec;
import dev.pigou.bench.sim.demand.ValueRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is asked of the machine. */
final class DemandFlags {
    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    @Option(names = "--load", paramLabel = "X", defaultValue = "1", description = "Divides arrival times: 2 is twice the traffic. Default: ${DEFAULT-VALUE}.")
    private double load;

    @Option(names = "--weights", paramLabel = "W:SHARE,...", defaultValue = "1:0.6,3:0.3,10:0.1", description = "Values are drawn by this seeded rule, whatever the tenant: a weight times the base. Default: ${DEFAULT-VALUE}.")
    private String weights = "";

    @Option(names = "--value-base", paramLabel = "CREDITS", defaultValue = "1", description = "Value of an answer of weight 1, whatever its length. Default: ${DEFAULT-VALUE}.")
    private double valueBase;

    @Option(names = "--value-per-1k-tokens", paramLabel = "CREDITS", defaultValue = "0", description = "And for each thousand tokens of prompt and answer. Default: ${DEFAULT-VALUE}.")
    private double valuePerThousand;

    @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "15", description = "Value falls in a straight line to 0 at this delay of the first token; then the sender leaves. Default: ${DEFAULT-VALUE}.")
    private double patience;

    @Option(names = "--long-patience", paramLabel = "SECONDS", defaultValue = "60", description = "The same for long prompts. Default: ${DEFAULT-VALUE}.")
    private double longPatience;

    @Option(names = "--long-above", paramLabel = "TOKENS", defaultValue = "8192", description = "Prompts above this are long. Default: ${DEFAULT-VALUE}.")
    private int longAbove;

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "0", description = "What every request asks for at most; 0: twice the next power of two above its answer. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(names = "--limit-requests", paramLabel = "N", defaultValue = "0", description = "Only the first N requests; 0: all.")
    private int limitRequests;

    @Option(names = "--duration", paramLabel = "SECONDS", defaultValue = "0", description = "Only what arrives so early, after --load is applied; 0: all.")
    private double duration;

    /** Traces or the generator. */
    static final class Source {
        @Option(names = "--trace", paramLabel = "FILE[,name=N][,load=X][,patience=S][,longest=T]", description = "A trace: Mooncake's JSON lines, Azure's CSV, or arrival_s,tenant,input_tokens,output_tokens. "
                + "Several are mixed; each may have a tenant's name, a load, a patience, and a longest prompt.")
        private @Nullable List<String> traces;

        @Option(names = "--synthetic", arity = "0..1", fallbackValue = "", paramLabel = "requests=N,rate=R,long=SHARE", description = "Seeded traffic that looks like chat with some long contexts. Also answers=X, a factor on their lengths, and "
                + "rush=X,lull_s=S,rush_s=S: lulls at the rate and rushes at X times as much, in turn.")
        private @Nullable String synthetic;
    }

    double load() { return load; }

    DemandSettings settings(long seed) {
        return new DemandSettings(load, seed,
                new ValueRule(ValueRule.parseWeights(weights), valueBase, valuePerThousand),
                new PatienceRule(patience, longPatience, longAbove), maxTokens, limitRequests, duration);
    }

    Demand demand(long seed) {
        DemandSettings settings = settings(seed);
        if (source.synthetic != null) {
            return SyntheticDemand.parse(source.synthetic).generate(settings);
        }
        List<TraceSpec> specs = new ArrayList<>();
        for (String trace : source.traces == null ? List.<String>of() : source.traces) {
            specs.add(TraceSpec.parse(trace));
        }
        return TraceDemand.read(specs, settings);
    }
}
