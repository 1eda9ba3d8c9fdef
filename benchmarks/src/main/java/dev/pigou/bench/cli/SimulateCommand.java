package dev.pigou.bench.cli;

import dev.pigou.bench.sim.Retentions;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.report.ReportJson;
import dev.pigou.bench.sim.report.RunReport;
import dev.pigou.bench.sim.report.SeveralRuns;
import dev.pigou.bench.sim.report.SimulatedRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pigou simulate}: the real scheduler on a simulated clock. */
@Command(name = "simulate", mixinStandardHelpOptions = true, sortOptions = false, description = "Runs the scheduler on a simulated clock and machine against traffic from traces, and reports what "
        + "its answers were worth: the sum of their values at the time of the first token.")
final class SimulateCommand implements Callable<Integer> {
    @Mixin
    private final DemandFlags demand = new DemandFlags();

    @Mixin
    private final MachineFlags machine = new MachineFlags();

    @Mixin
    private final JitterFlags jitter = new JitterFlags();

    @Option(names = "--scheduling-policy", paramLabel = "NAME", defaultValue = "price", description = "Who goes first: price, fcfs, priority, vtc, density or sjf. Default: ${DEFAULT-VALUE}.")
    private String policy = "";

    @Option(names = {"--retention",
            "--retention-policy"}, paramLabel = "NAME", description = "Which cached prefixes stay: price, lru, slru, gdsf or tail-lru. Default: price under the scheduling policy "
                    + "of that name, else lru.")
    private @Nullable String retention;

    @Mixin
    private final WalletFlags wallets = new WalletFlags();

    @Option(names = "--retry", description = "Whoever is refused comes back once, exactly when the refusal said, with the same bid anew; the report counts "
            + "who is then admitted. Welfare is then no longer comparable with a bound of hindsight.")
    private boolean retry;

    @Option(names = "--lengths", paramLabel = "known|unknown|noisy:SIGMA", defaultValue = "unknown", description = "What the policy knows of the length of answers. Default: ${DEFAULT-VALUE}.")
    private String lengths = "";

    @Option(names = {"--seed",
            "--seeds"}, paramLabel = "N[..M]", defaultValue = "1", description = "Of values, of arrivals within a coarse clock's ticks and of disturbances; a range runs each and "
                    + "gives means with 95 %% confidence intervals. Default: ${DEFAULT-VALUE}.")
    private String seeds = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Where the report goes.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        List<RunReport> runs = SeedRange.parse(seeds).seeds().mapToObj(this::run).toList();
        Object report = runs.size() == 1 ? runs.getFirst() : SeveralRuns.of(runs);
        if (json != null) {
            ReportJson.write(report, json);
        }
        out().println(SimulationSummary.of(runs));
        return 0;
    }

    private RunReport run(long seed) {
        Demand asked = demand.demand(seed);
        long start = System.nanoTime();
        String kept = retention == null ? Retentions.beside(policy) : retention;
        RunReport report = new SimulatedRun(
                new SimulatedRun.Setting(jitter.disturbed(machine.machine()), policy, kept, lengths,
                        wallets.allowances(), wallets.rebate(), retry, demand.load(), seed),
                asked, new SimulationProgress(err(), asked.requests().size())).run();
        err().printf(Locale.ROOT, "seed %d: %,d requests in %.1f s%n", seed, asked.requests().size(),
                (System.nanoTime() - start) / 1e9);
        return report;
    }

    private PrintWriter out() { return Objects.requireNonNull(spec).commandLine().getOut(); }

    private PrintWriter err() { return Objects.requireNonNull(spec).commandLine().getErr(); }
}
