package dev.pigou.bench.cli;

import dev.pigou.bench.sim.report.Interval;
import dev.pigou.bench.sim.report.RunReport;
import dev.pigou.bench.sim.report.SeveralRuns;
import dev.pigou.bench.sim.report.TenantReport;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The report for people to read: one run's figures, or the means of several. */
final class SimulationSummary {
    private final List<RunReport> runs;
    private final StringBuilder text = new StringBuilder();

    private SimulationSummary(List<RunReport> runs) { this.runs = runs; }

    static String of(List<RunReport> runs) {
        SimulationSummary summary = new SimulationSummary(runs);
        summary.overall();
        if (runs.size() == 1) {
            runs.getFirst().tenants().entrySet().stream().limit(12).forEach(summary::tenant);
        }
        return summary.text.toString();
    }

    private void overall() {
        RunReport first = runs.getFirst();
        text.append(String.format(Locale.ROOT, "%s, load %.2f, policy %s, %,d KV blocks, lengths %s%n",
                first.demand(), first.load(), first.policy(), first.kvBlocks(), first.lengths()));
        line("welfare, credits", RunReport::welfare);
        line("  of what was offered", run -> run.welfare() / run.offered());
        line("completed", run -> run.requests().completed());
        line("refused", run -> run.requests().refused());
        line("expired", run -> run.requests().expired());
        line("preemptions", RunReport::preemptions);
        line("recomputed tokens", RunReport::recomputedTokens);
        line("prefix hit tokens", RunReport::prefixHitTokens);
        line("busy share", RunReport::busyShare);
        line("mean running", RunReport::meanRunning);
        SeveralRuns several = SeveralRuns.of(runs);
        optional("bills within q95", several.summary().get("quotes_within_q95"));
        optional("retries admitted", several.summary().get("retries_admitted_share"));
    }

    private void line(String what, ToDoubleFunction<RunReport> figure) {
        line(what, Interval.of(runs.stream().mapToDouble(figure).toArray()));
    }

    private void optional(String what, @Nullable Interval interval) {
        if (interval != null) {
            line(what, interval);
        }
    }

    private void line(String what, Interval interval) {
        String spread = runs.size() == 1 ? "" : String.format(Locale.ROOT, " +- %,.4g", interval.halfWidth());
        text.append(String.format(Locale.ROOT, "  %-22s %,14.3f%s%n", what, interval.mean(), spread));
    }

    private void tenant(Map.Entry<String, TenantReport> entry) {
        TenantReport tenant = entry.getValue();
        text.append(String.format(Locale.ROOT,
                "  %s: %,d completed, %,d refused, %,d expired; TTFT p50 %.3f p99 %.3f s, TPOT p50 %.3f p99 %.3f s%n",
                entry.getKey(), tenant.completed(), tenant.refused(), tenant.expired(), tenant.ttftP50S(),
                tenant.ttftP99S(), tenant.tpotP50S(), tenant.tpotP99S()));
        Double paid = tenant.paid();
        Double refilled = tenant.refilled();
        if (paid != null && refilled != null) {
            text.append(String.format(Locale.ROOT, "  %s: paid %.6g of %.6g credits that its wallet earned%n",
                    entry.getKey(), paid, refilled));
        }
    }
}
