package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.ServerRuns;
import java.util.List;
import java.util.Locale;

/** The places that charts are drawn in, with what they show. */
final class ChartSections {
    private ChartSections() {}

    static void write(List<ServerRuns> servers, ChartSeries charts, Markup html) {
        html.element("h2", "Latency by percentile");
        html.element("p", "note",
                "All requests of all runs of a server. Each further nine takes as much room as the "
                        + "one before it; a line ends where a single request would make it.");
        legend(servers, html);
        html.open("div", "grid");
        for (Metric metric : Metric.values()) {
            figure("curve-" + metric.name().toLowerCase(Locale.ROOT), metric.title(), "ms", html);
        }
        html.close("div");
        html.element("h2", "Over time");
        html.element("p", "note", courses(servers));
        legend(servers, html);
        html.open("div", "wide");
        figure("time-in-flight", "Requests in flight", "the most at once", html);
        figure("time-tokens", "Output tokens", "a second", html);
        figure("time-ttft", "Time to first token", "ms, by when the request was due; solid p99, dashed p50",
                html);
        if (servers.stream().flatMap(server -> server.summaries().stream())
                .anyMatch(summary -> summary.counts().failed() > 0)) {
            figure("time-errors", "Errors", "a second", html);
        }
        html.close("div");
        if (!charts.prices().isEmpty()) {
            html.element("h2", "Prices");
            html.element("p", "note", "As the server published them, over time.");
            html.open("div", "grid");
            for (int i = 0; i < charts.prices().size(); i++) {
                figure("price-" + i, charts.prices().get(i).name().replace('_', ' '), "", html);
            }
            html.close("div");
        }
    }

    private static String courses(List<ServerRuns> servers) {
        return servers.stream().allMatch(server -> server.runs().size() == 1)
                ? "Seconds since the run began."
                : "Of each server the run with the median output throughput. Seconds since that run began.";
    }

    private static void legend(List<ServerRuns> servers, Markup html) {
        html.open("p", "legend");
        for (int i = 0; i < servers.size(); i++) {
            html.raw("<span>").raw(FigureTables.key(i)).text(servers.get(i).label()).close("span");
        }
        html.close("p");
    }

    /** @param id one of ours, never a server's word */
    private static void figure(String id, String title, String unit, Markup html) {
        html.raw("<figure><h3>").text(title);
        if (!unit.isEmpty()) {
            html.raw(" <span>").text(unit).close("span");
        }
        html.close("h3").raw("<div class=\"chart\" id=\"" + id + "\"></div></figure>\n");
    }
}
