package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.AtomicFile;
import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.ServerRuns;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The report as one HTML file: text and tables are written here, charts are drawn from numbers in it by uPlot, which is in
 * it too. It loads nothing, and its content security policy says so.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /** Writes the file whole or not at all. */
    public static void write(Path file, Experiment experiment) {
        AtomicFile.write(file, out -> out.write(of(experiment).getBytes(StandardCharsets.UTF_8)));
    }

    static String of(Experiment experiment) {
        List<ServerRuns> servers = ServerRuns.of(experiment);
        ChartSeries charts = ChartSeries.of(servers);
        return Template.filled("report.html",
                Map.of("title", Markup.escape(Heading.title(servers)), "uplot-css",
                        Template.resource("uPlot.min.css"), "css", Template.resource("report.css"), "body",
                        body(experiment, servers, charts), "charts", charts.json(), "uplot-licence",
                        Template.resource("uPlot.LICENSE.txt"), "uplot",
                        Template.resource("uPlot.iife.min.js"), "script", Template.resource("report.js")));
    }

    private static String body(Experiment experiment, List<ServerRuns> servers, ChartSeries charts) {
        var html = new Markup();
        Heading.write(experiment, servers, html);
        FigureTables.write(experiment, servers, html);
        ChartSections.write(servers, charts, html);
        DetailTables.write(servers, html);
        SetupSection.write(experiment, servers, html);
        return html.toString();
    }
}
