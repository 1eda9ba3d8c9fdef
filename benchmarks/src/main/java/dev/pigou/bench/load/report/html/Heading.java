package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Caveats;
import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.result.RunResult;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was run on what, and what to know before reading on. */
final class Heading {
    private static final DateTimeFormatter DATE = DateTimeFormatter
            .ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private Heading() {}

    static String title(List<ServerRuns> servers) {
        return "Load test: "
                + servers.stream().map(ServerRuns::label).collect(Collectors.joining(" against "));
    }

    static void write(Experiment experiment, List<ServerRuns> servers, Markup html) {
        RunResult first = experiment.runs().getFirst();
        html.element("h1", title(servers));
        int repeats = servers.getFirst().runs().size();
        html.element("p", "lead",
                first.model() + ". " + (first.closedLoop() ? "Closed loop" : "Open loop") + ", "
                        + Quantity.of(first.requests().size()) + " requests"
                        + (repeats == 1 ? "" : ", " + repeats + " runs of each server") + ", about "
                        + Quantity.of(
                                Math.rint(servers.getFirst().spread(summary -> summary.seconds()).median()))
                        + (experiment.runs().size() == 1 ? " s" : " s each") + ". Begun "
                        + DATE.format(first.started()) + ".");
        Caveats.of(servers).forEach(caveat -> html.element("p", "caveat", caveat));
    }
}
