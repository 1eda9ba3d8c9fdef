package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Figure;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Spread;
import dev.pigou.bench.load.report.Summary;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The figures: a column a server, and the latencies by statistic. */
final class FigureTables {
    private FigureTables() {}

    static void write(Experiment experiment, List<ServerRuns> servers, Markup html) {
        boolean repeated = servers.stream().anyMatch(server -> server.runs().size() > 1);
        html.element("h2", "Figures");
        if (repeated) {
            html.element("p", "note",
                    "Each figure is the median over the runs of a server; below it, the least and the most of them.");
        }
        figures(servers, html);
        html.element("h2", "Latency, ms");
        html.element("p", "note", "From when a request was due, whether or not it could be sent then. Of "
                + "completed requests. Grey and slanted: the sample is too small for this percentile, which tells of "
                + "a handful of requests.");
        latencies(servers, html);
        if (!experiment.goodput().isEmpty()) {
            html.element("p", "note",
                    "Goodput counts the requests that met all of " + experiment.goodput() + " (ms).");
        }
    }

    private static void figures(List<ServerRuns> servers, Markup html) {
        html.raw("<div class=\"scroll\">").open("table", servers.size() == 1 ? "narrow" : "")
                .raw("<thead><tr><th></th>");
        for (int i = 0; i < servers.size(); i++) {
            html.raw("<th>").raw(key(i)).text(servers.get(i).label()).close("th");
            html.raw(i == 0 ? "" : "<th>ratio</th>");
        }
        html.raw("</tr></thead>\n<tbody>\n");
        Figure.Group last = Figure.Group.LATENCY;
        for (Figure figure : Figure.all()) {
            boolean none = servers.stream()
                    .allMatch(server -> Double.isNaN(server.spread(figure.value()).median()));
            if (none || figure.group() == Figure.Group.LATENCY) {
                continue;
            }
            html.open("tr", figure.group() == last ? "" : "first");
            last = figure.group();
            html.element("th", figure.name());
            double first = servers.getFirst().spread(figure.value()).median();
            for (int i = 0; i < servers.size(); i++) {
                Spread spread = cell(servers.get(i), figure.value(), figure.thin(), html);
                if (i > 0) {
                    html.element("td", figure.comparable() ? Quantity.ratio(spread.median() / first) : "");
                }
            }
            html.close("tr");
        }
        html.raw("</tbody></table></div>\n");
    }

    private static void latencies(List<ServerRuns> servers, Markup html) {
        html.raw("<div class=\"scroll\"><table class=\"tight\"><thead><tr><th></th>");
        Figure.STATISTICS.forEach(statistic -> html.element("th", statistic.name()));
        html.raw("</tr></thead>\n<tbody>\n");
        for (Metric metric : Metric.values()) {
            html.open("tr", "first group").raw("<th colspan=\"" + (1 + Figure.STATISTICS.size()) + "\">")
                    .text(metric.title()).raw(" <span>").text(metric.name()).raw("</span>").close("th")
                    .close("tr");
            for (int i = 0; i < servers.size(); i++) {
                html.open("tr", "").raw("<th>").raw(key(i)).text(servers.get(i).label()).close("th");
                for (Figure.Statistic statistic : Figure.STATISTICS) {
                    cell(servers.get(i), summary -> statistic.millis().applyAsDouble(summary.latency(metric)),
                            summary -> Figure.isThin(summary.latency(metric), statistic), html);
                }
                html.close("tr");
            }
        }
        html.raw("</tbody></table></div>\n");
    }

    private static Spread cell(ServerRuns server, ToDoubleFunction<Summary> figure, Predicate<Summary> thin,
            Markup html) {
        Spread spread = server.spread(figure);
        html.open("td", server.summaries().stream().anyMatch(thin) ? "thin" : "")
                .text(Quantity.of(spread.median()));
        if (server.runs().size() > 1 && spread.max() > spread.min()) {
            html.element("small", Quantity.of(spread.min()) + "–" + Quantity.of(spread.max()));
        }
        html.close("td");
        return spread;
    }

    /** The line by which charts tell the server. */
    static String key(int server) {
        return "<span class=\"key s" + server % 6 + "\"></span>";
    }
}
