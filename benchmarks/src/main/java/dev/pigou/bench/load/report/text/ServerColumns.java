package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.Figure;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Spread;
import java.util.ArrayList;
import java.util.List;

/**
 * One column a server: the median of its repeats with the least and the most of them, and the ratio to the first server.
 * What does not fit is left out, spreads first; servers beyond the width get a table of their own beside the first.
 */
final class ServerColumns {
    private ServerColumns() {}

    static List<String> of(List<ServerRuns> servers) {
        TextTable full = table(servers, true);
        if (full.width() <= Paragraph.WIDTH) {
            return full.render();
        }
        TextTable narrow = table(servers, false);
        if (narrow.width() <= Paragraph.WIDTH || servers.size() <= 2) {
            return narrow.render();
        }
        List<String> lines = new ArrayList<>();
        for (ServerRuns other : servers.subList(1, servers.size())) {
            lines.addAll(lines.isEmpty() ? List.of() : List.of(""));
            lines.addAll(of(List.of(servers.getFirst(), other)));
        }
        return lines;
    }

    private static TextTable table(List<ServerRuns> servers, boolean spreads) {
        var table = new TextTable();
        List<String> head = new ArrayList<>(List.of(""));
        servers.forEach(server -> head
                .addAll(head.size() == 1 ? List.of(server.label()) : List.of(server.label(), "ratio")));
        table.row(head);
        Figure.Group group = Figure.Group.REQUESTS;
        for (Figure figure : Figure.all()) {
            if (servers.stream().allMatch(server -> Double.isNaN(server.spread(figure.value()).median()))) {
                continue;
            }
            if (figure.group() != group) {
                table.row(List.of());
                group = figure.group();
            }
            table.row(row(figure, servers, spreads));
        }
        return table;
    }

    private static List<String> row(Figure figure, List<ServerRuns> servers, boolean spreads) {
        List<String> row = new ArrayList<>(List.of(figure.name()));
        double first = servers.getFirst().spread(figure.value()).median();
        for (ServerRuns server : servers) {
            Spread spread = server.spread(figure.value());
            boolean thin = server.summaries().stream().anyMatch(figure.thin());
            String range = spreads && server.runs().size() > 1 && spread.max() > spread.min()
                    ? " (" + Quantity.of(spread.min()) + ".." + Quantity.of(spread.max()) + ")"
                    : "";
            row.add(Quantity.of(spread.median()) + (thin ? SummaryTable.THIN_MARK : "") + range);
            if (row.size() > 2) {
                row.add(figure.comparable() ? Quantity.ratio(spread.median() / first) : "");
            }
        }
        return row;
    }
}
