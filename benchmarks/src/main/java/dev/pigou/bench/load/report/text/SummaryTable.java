package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.Caveats;
import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The report on a terminal. One run is told by a list of figures and a table of latencies; several runs by one column a
 * server, each figure the median of its repeats.
 */
public final class SummaryTable {
    /** Marks percentiles that the sample is too small for. */
    static final String THIN_MARK = "*";

    private SummaryTable() {}

    public static String of(Experiment experiment) {
        List<ServerRuns> servers = ServerRuns.of(experiment);
        List<String> lines = new ArrayList<>();
        lines.add("");
        for (String caveat : Caveats.of(servers)) {
            lines.addAll(Paragraph.wrap("!! ", caveat));
            lines.add("");
        }
        servers.forEach(server -> lines.addAll(Paragraph.wrap("", heading(server))));
        lines.add("");
        if (experiment.runs().stream().allMatch(run -> run.requests().isEmpty())) {
            lines.add("Nothing was measured.");
        } else if (experiment.runs().size() == 1) {
            lines.addAll(RunFigures.of(servers.getFirst()));
        } else {
            lines.addAll(ServerColumns.of(servers));
        }
        lines.addAll(TenantTable.of(servers));
        lines.addAll(FailureTable.of(servers));
        if (!experiment.goodput().isEmpty()) {
            lines.add("");
            lines.addAll(Paragraph.wrap("",
                    "Goodput: requests that met all of " + experiment.goodput() + " (ms)."));
        }
        if (lines.stream().anyMatch(line -> line.contains(THIN_MARK + " ") || line.endsWith(THIN_MARK))) {
            lines.add("");
            lines.add(THIN_MARK + " too few requests for this percentile: it tells of a handful of them.");
        }
        lines.add("");
        return String.join(System.lineSeparator(), lines);
    }

    private static String heading(ServerRuns server) {
        RunResult first = server.runs().getFirst();
        String runs = server.runs().size() == 1 ? "" : server.runs().size() + " runs of ";
        double seconds = server.spread(summary -> summary.seconds()).median();
        return String.format(Locale.ROOT, "%s: %s at %s, %s%s requests in %s s, %s", server.label(),
                first.model(), first.baseUrl(), runs, Quantity.of(first.requests().size()),
                Quantity.of(seconds), first.closedLoop() ? "CLOSED LOOP" : "open loop");
    }
}
