package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.Figure;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Summary;
import java.util.ArrayList;
import java.util.List;

/** One run: its figures one below the other, its latencies in a table. */
final class RunFigures {
    private RunFigures() {}

    static List<String> of(ServerRuns server) {
        Summary summary = server.summaries().getFirst();
        List<String> lines = new ArrayList<>();
        for (Figure.Group group : Figure.Group.values()) {
            List<String> part = group == Figure.Group.LATENCY ? latencies(summary) : figures(group, summary);
            if (!part.isEmpty() && !lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(part);
        }
        return lines;
    }

    private static List<String> figures(Figure.Group group, Summary summary) {
        var table = new TextTable();
        Figure.all().stream().filter(figure -> figure.group() == group).forEach(figure -> {
            double value = figure.value().applyAsDouble(summary);
            if (!Double.isNaN(value)) {
                table.row(figure.name(), Quantity.of(value));
            }
        });
        return table.render();
    }

    private static List<String> latencies(Summary summary) {
        var table = new TextTable();
        List<String> head = new ArrayList<>(List.of("latency, ms"));
        Figure.STATISTICS.forEach(statistic -> head.add(statistic.name()));
        table.row(head);
        for (Metric metric : Metric.values()) {
            Distribution latency = summary.latency(metric);
            List<String> row = new ArrayList<>(List.of(metric.name()));
            Figure.STATISTICS
                    .forEach(statistic -> row.add(Quantity.of(statistic.millis().applyAsDouble(latency))
                            + (Figure.isThin(latency, statistic) ? SummaryTable.THIN_MARK : "")));
            table.row(row);
        }
        return table.render();
    }
}
