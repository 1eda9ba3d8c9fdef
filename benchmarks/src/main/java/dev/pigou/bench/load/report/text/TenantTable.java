package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Summary;
import dev.pigou.bench.load.report.TenantSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The tenants of each server, in its typical run. Nothing if there was only one. */
final class TenantTable {
    private static final int MOST_NAME_CHARS = 16;

    private TenantTable() {}

    static List<String> of(List<ServerRuns> servers) {
        List<String> lines = new ArrayList<>();
        for (ServerRuns server : servers) {
            Summary summary = server.summaries().get(server.typicalRun());
            if (summary.tenants().isEmpty()) {
                continue;
            }
            lines.add("");
            lines.addAll(table(server, summary).render());
        }
        return lines;
    }

    private static TextTable table(ServerRuns server, Summary summary) {
        var table = new TextTable();
        String which = server.runs().size() == 1 ? "" : ", run " + (server.typicalRun() + 1);
        table.row("tenants of " + server.label() + which);
        List<String> head = new ArrayList<>(
                List.of("", "sent", "failed", "TTFT p50", "p99", "E2E p50", "p99", "tok/s"));
        boolean goodput = summary.goodputAsked();
        boolean charged = summary.counts().charge().isPresent();
        boolean valued = summary.counts().welfare().isPresent();
        addIf(goodput, head, "good/s");
        addIf(charged, head, "charge");
        addIf(valued, head, "welfare");
        table.row(head);
        for (TenantSummary tenant : summary.tenants()) {
            List<String> row = new ArrayList<>(List.of(shortened(tenant.tenant()),
                    Quantity.of(tenant.counts().requests()), Quantity.of(tenant.counts().failed()),
                    millis(tenant.ttft(), 50), millis(tenant.ttft(), 99), millis(tenant.e2e(), 50),
                    millis(tenant.e2e(), 99), Quantity.of(tenant.outputTokensPerSecond())));
            addIf(goodput, row, Quantity.of(tenant.goodRequestsPerSecond()));
            addIf(charged, row, credits(tenant.counts().charge()));
            addIf(valued, row, credits(tenant.counts().welfare()));
            table.row(row);
        }
        return table;
    }

    private static void addIf(boolean wanted, List<String> row, String cell) {
        if (wanted) {
            row.add(cell);
        }
    }

    private static String millis(Distribution latency, double percentile) {
        return Quantity.of(latency.percentileMillis(percentile))
                + (latency.count() > 0 && latency.thin(percentile) ? SummaryTable.THIN_MARK : "");
    }

    private static String credits(OptionalDouble credits) { return Quantity.of(credits.orElse(Double.NaN)); }

    private static String shortened(String name) {
        return name.length() <= MOST_NAME_CHARS ? name : name.substring(0, MOST_NAME_CHARS - 1) + "…";
    }
}
