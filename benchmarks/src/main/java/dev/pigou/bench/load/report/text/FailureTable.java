package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.FailureGroup;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import java.util.ArrayList;
import java.util.List;

/** Failures by kind, each with what the first of them said. Nothing if there were none. */
final class FailureTable {
    private static final String GAP = "  ";
    /** However long the server's label is. */
    private static final int LEAST_EXAMPLE_CHARS = 40;

    private FailureTable() {}

    static List<String> of(List<ServerRuns> servers) {
        List<String> lines = new ArrayList<>();
        for (ServerRuns server : servers) {
            List<FailureGroup> groups = FailureGroup.of(server);
            if (groups.isEmpty()) {
                continue;
            }
            lines.add("");
            var table = new TextTable().row("errors (" + server.label() + ")", "count");
            groups.forEach(group -> table.row(group.name(), Quantity.of(group.count())));
            List<String> rendered = table.render();
            int room = Paragraph.WIDTH - table.width() - GAP.length();
            lines.add(rendered.getFirst() + GAP + "the first of them");
            for (int i = 0; i < groups.size(); i++) {
                lines.add(rendered.get(i + 1) + GAP + printable(groups.get(i).exampleText(), room));
            }
        }
        return lines;
    }

    /** Servers say what they like; a terminal must not obey it. */
    private static String printable(String text, int room) {
        String safe = text.replaceAll("\\p{Cntrl}", " ");
        int most = Math.max(LEAST_EXAMPLE_CHARS, room);
        return safe.length() <= most ? safe : safe.substring(0, most - 1) + "…";
    }
}
