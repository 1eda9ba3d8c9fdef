package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.FailureGroup;
import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Summary;
import dev.pigou.bench.load.report.TenantSummary;
import java.util.List;
import java.util.OptionalDouble;

/** Tenants and failures, where there are any. */
final class DetailTables {
    private static final int MOST_EXAMPLE_CHARS = 300;

    private DetailTables() {}

    static void write(List<ServerRuns> servers, Markup html) {
        if (servers.stream()
                .anyMatch(server -> !server.summaries().get(server.typicalRun()).tenants().isEmpty())) {
            html.element("h2", "Tenants");
            html.element("p", "note",
                    "Of each server's typical run: the one with the median output throughput.");
            tenants(servers, html);
        }
        if (servers.stream().anyMatch(server -> !FailureGroup.of(server).isEmpty())) {
            html.element("h2", "Errors");
            failures(servers, html);
        }
    }

    private static void tenants(List<ServerRuns> servers, Markup html) {
        html.raw("<div class=\"scroll\"><table><thead><tr><th></th>");
        List.of("requests", "failed", "TTFT p50, ms", "p99", "E2E p50, ms", "p99", "tokens/s", "good/s",
                "charge", "welfare").forEach(head -> html.element("th", head));
        html.raw("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < servers.size(); i++) {
            Summary summary = servers.get(i).summaries().get(servers.get(i).typicalRun());
            boolean first = true;
            for (TenantSummary tenant : summary.tenants()) {
                html.open("tr", first ? "first" : "").raw("<th class=\"text\">").raw(FigureTables.key(i))
                        .text(tenant.tenant()).close("th");
                tenant(tenant, summary.goodputAsked(), html);
                html.close("tr");
                first = false;
            }
        }
        html.raw("</tbody></table></div>\n");
    }

    private static void tenant(TenantSummary tenant, boolean goodput, Markup html) {
        html.element("td", Quantity.of(tenant.counts().requests()));
        html.element("td", Quantity.of(tenant.counts().failed()));
        for (Distribution latency : List.of(tenant.ttft(), tenant.e2e())) {
            for (double percentile : new double[]{50, 99}) {
                html.element("td", latency.count() > 0 && latency.thin(percentile) ? "thin" : "",
                        Quantity.of(latency.percentileMillis(percentile)));
            }
        }
        html.element("td", Quantity.of(tenant.outputTokensPerSecond()));
        html.element("td", Quantity.of(goodput ? tenant.goodRequestsPerSecond() : Double.NaN));
        for (OptionalDouble credits : List.of(tenant.counts().charge(), tenant.counts().welfare())) {
            html.element("td", Quantity.of(credits.orElse(Double.NaN)));
        }
    }

    private static void failures(List<ServerRuns> servers, Markup html) {
        html.raw("<div class=\"scroll\"><table><thead><tr><th></th><th class=\"text\">kind</th><th>count</th>"
                + "<th class=\"text\">the first of them</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < servers.size(); i++) {
            boolean first = true;
            for (FailureGroup group : FailureGroup.of(servers.get(i))) {
                html.open("tr", first ? "first" : "").raw("<th>");
                if (first) {
                    html.raw(FigureTables.key(i)).text(servers.get(i).label());
                }
                html.close("th").element("td", "text", group.name()).element("td", Quantity.of(group.count()))
                        .element("td", "text wrap", shortened(group.exampleText())).close("tr");
                first = false;
            }
        }
        html.raw("</tbody></table></div>\n");
    }

    private static String shortened(String text) {
        return text.length() <= MOST_EXAMPLE_CHARS ? text : text.substring(0, MOST_EXAMPLE_CHARS - 1) + "…";
    }
}
