package dev.pigou.bench.sim.demand;

import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceFile;
import dev.pigou.bench.trace.TraceRow;
import java.util.List;
import java.util.stream.Collectors;

/** Demand from traces of real traffic, several of them mixed. A clock that ticked coarsely is spread out within its ticks. */
public final class TraceDemand {
    private TraceDemand() {}

    public static Demand read(List<TraceSpec> specs, DemandSettings settings) {
        DemandBuilder builder = new DemandBuilder(settings);
        for (int i = 0; i < specs.size(); i++) {
            Trace trace = TraceFile.read(specs.get(i).file());
            double tick = trace.tickSeconds();
            add(builder, tick == 0 ? trace : trace.spread(tick, Seeds.mix(settings.seed(), i)), specs.get(i),
                    i, settings);
        }
        return builder.build(specs.stream().map(TraceSpec::tenantName).collect(Collectors.joining("+")));
    }

    private static void add(DemandBuilder builder, Trace trace, TraceSpec spec, int space,
            DemandSettings settings) {
        for (int i = 0; i < trace.rows().size(); i++) {
            TraceRow row = trace.rows().get(i);
            if (row.inputTokens() <= spec.longest()) {
                double patience = spec.patienceSeconds()
                        .orElseGet(() -> settings.patience().seconds(row.inputTokens()));
                Prompt prompt = new Prompt(row.inputTokens(), row.blockHashes(), trace.blockTokens(), space,
                        Seeds.mix(space, i));
                builder.add(row.tenant().isEmpty() ? spec.tenantName() : row.tenant(),
                        row.arrivalSeconds() / spec.load(), patience, prompt, row.outputTokens());
            }
        }
    }
}
