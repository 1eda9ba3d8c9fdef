package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.result.RunResult;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What was set, and how to do it again. */
final class SetupSection {
    private SetupSection() {}

    static void write(Experiment experiment, List<ServerRuns> servers, Markup html) {
        html.element("h2", "Set-up");
        html.raw("<div class=\"scroll\"><table><tbody>\n");
        for (ServerRuns server : servers) {
            RunResult run = server.runs().getFirst();
            row(server.label(), run.model() + " at " + run.baseUrl(), html);
        }
        row("harness on", experiment.machine(), html);
        experiment.metadata().forEach((key, value) -> row(key, value, html));
        boolean first = true;
        for (String name : names(experiment)) {
            html.open("tr", first ? "first" : "");
            first = false;
            cells("--" + name, values(name, experiment), html);
        }
        html.raw("</tbody></table></div>\n");
        if (!experiment.command().isEmpty()) {
            html.element("h2", "To do it again").element("pre", experiment.command());
        }
        html.raw("<footer>\n").element("p", "Charts by uPlot 1.6.32 (MIT licence, © 2022 Leon Sorokin). This "
                + "file loads nothing from anywhere.").raw("</footer>\n");
    }

    private static void row(String name, String value, Markup html) {
        html.open("tr", "");
        cells(name, value, html);
    }

    private static void cells(String name, String value, Markup html) {
        html.element("th", name).element("td", "text wrap", value).close("tr");
    }

    private static Set<String> names(Experiment experiment) {
        var names = new TreeSet<String>();
        experiment.runs().forEach(run -> names.addAll(run.settings().keySet()));
        return names;
    }

    /** One value if all runs had the same. */
    private static String values(String name, Experiment experiment) {
        return experiment.runs().stream().map(run -> run.settings().get(name)).filter(Objects::nonNull)
                .map(String::valueOf).distinct().collect(Collectors.joining(", "));
    }
}
