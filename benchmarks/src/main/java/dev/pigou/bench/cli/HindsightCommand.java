package dev.pigou.bench.cli;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.hindsight.FormName;
import dev.pigou.bench.sim.hindsight.Hindsight;
import dev.pigou.bench.sim.hindsight.HindsightReport;
import dev.pigou.bench.sim.report.ReportJson;
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

/** {@code pigou hindsight}: what no policy could have exceeded. */
@Command(name = "hindsight", mixinStandardHelpOptions = true, sortOptions = false, description = "Bounds the welfare that any policy could have reached on this traffic and machine, knowing everything "
        + "beforehand, and gives the prices that go with the bound.")
final class HindsightCommand implements Callable<Integer> {
    @Mixin
    private final DemandFlags demand = new DemandFlags();

    @Mixin
    private final MachineFlags machine = new MachineFlags();

    @Option(names = "--form", paramLabel = "NAME", split = ",", defaultValue = "PREEMPTIVE", description = "PREEMPTIVE bounds every policy, CONTIGUOUS those that never preempt (slower); PACED is no bound but the "
            + "reference for prices of KV memory. Default: ${DEFAULT-VALUE}.")
    private List<FormName> forms = List.of();

    @Option(names = "--slot", paramLabel = "SECONDS", defaultValue = "1", description = "Length of a slot. Default: ${DEFAULT-VALUE}.")
    private double slotSeconds;

    @Option(names = "--horizon", paramLabel = "SECONDS", defaultValue = "0", description = "The bound holds for runs that are over by then (ended_seconds of a simulation); 0: a minute after the last patience ends. "
            + "Default: ${DEFAULT-VALUE}.")
    private double horizonSeconds;

    @Option(names = "--pace", paramLabel = "SECONDS", defaultValue = "0.1", description = "Time between two tokens in the form PACED. Default: ${DEFAULT-VALUE}.")
    private double pace;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "1000", description = "Most steps of the search for prices. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(names = "--lp", description = "Solve the linear program exactly, too. For a few hundred requests.")
    private boolean exact;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of values and arrivals, as for simulate. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Where the report goes.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    /** Tells of the search once a second. */
    private static final class LineASecond implements Hindsight.Progress {
        private final PrintWriter out;
        private long lastNanos = System.nanoTime();

        LineASecond(PrintWriter out) { this.out = out; }

        @Override
        public void at(FormName form, int step, double bestBound) {
            if (System.nanoTime() - lastNanos >= 1_000_000_000) {
                lastNanos = System.nanoTime();
                out.printf(Locale.ROOT, "%s: step %d, at most %.3f credits%n",
                        form.name().toLowerCase(Locale.ROOT), step, bestBound);
            }
        }
    }

    @Override
    public Integer call() {
        Demand asked = demand.demand(seed);
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        HindsightReport report = Hindsight.answer(asked, demand.load(), seed, machine.machine(),
                new Hindsight.Question(forms, slotSeconds, horizonSeconds, pace, steps, exact),
                new LineASecond(err));
        if (json != null) {
            ReportJson.write(report, json);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT,
                "%s, load %.2f, %,d requests, %,d KV blocks: %.3f credits offered, step time asked for %.2f of what there is%n",
                report.demand(), report.load(), report.requests(), report.kvBlocks(), report.offered(),
                report.stepTimeLoad());
        report.bounds()
                .forEach((form, bound) -> out.printf(Locale.ROOT, "  %-11s at most %.3f credits (%.4f)%s%n",
                        form, bound.bound(), bound.bound() / report.offered(),
                        bound.lpOptimum() == null
                                ? ""
                                : String.format(Locale.ROOT, ", linear program %.3f", bound.lpOptimum())));
        return 0;
    }
}
