package dev.pigou.bench.served;

import dev.pigou.bench.served.ServedRun.Question;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

import static org.assertj.core.api.Assertions.assertThat;

final class ServedReportTest {
    private static final ServedPlan PLAN = new ServedPlan(List.of(Rival.FCFS, Rival.PRICE), List.of(0, 4), 2,
            List.of(1L, 2L, 3L));

    private static TenantScore score(int answered, double p99) {
        return new TenantScore(200, answered, 0, 200 - answered, p99 / 10, p99, 200, answered, answered / 2.0,
                0);
    }

    private static ServedRun run(Question question, Rival rival, int volume, long seed, TenantScore chat) {
        Map<String, TenantScore> scores = volume == 0
                ? Map.of("chat", chat)
                : Map.of("chat", chat, "long", score(50, 9));
        var bill = new LedgerSums(200, 100, 3, 50_000_000_000L, 10_000_000_000L, 0, 40_000_000_000L, 0);
        return new ServedRun(question, rival.policy(), volume, seed, "2026-11-27T10:00:00Z", scores,
                Map.of("chat", LedgerSums.NOTHING, "long", bill),
                List.of(new MarketSample(1, 0, 0, 0), new MarketSample(2, 9, 0.002, 0)), List.of());
    }

    private static ServedReport report() {
        List<ServedRun> runs = new ArrayList<>();
        for (long seed : PLAN.seeds()) {
            runs.add(run(Question.ISOLATION, Rival.FCFS, 0, seed, score(200, 0.1)));
            runs.add(run(Question.ISOLATION, Rival.FCFS, 4, seed, score((int) (10 * seed), 15)));
            runs.add(run(Question.ISOLATION, Rival.PRICE, 4, seed, score(200, 0.5 * seed)));
            runs.add(run(Question.WELFARE, Rival.PRICE, 2, seed, score(200, 0.5)));
        }
        return new ServedReport(PLAN, runs);
    }

    @Test
    void tablesHaveMediansAndTheWholeSpread() {
        assertThat(report().markdown()).contains(
                "| first come, first served | ×4 | 1.50 (1.50–1.50) | 15.00 (15.00–15.00) | 10.0 (5.0–15.0) | 25.0")
                .contains("| price | ×4 | 0.10 (0.05–0.15) | 1.00 (0.50–1.50) | 100.0 (100.0–100.0) |")
                .contains("| price | none | – | – | – | – |").as("not made yet")
                .contains("| price | 62.5 (62.5–62.5) | 31.3")
                .as("250 of 400 credits in time, half of them late")
                .contains("| ×4 | – | 0.001 (0.001–0.001) | 80 (80–80) | 0.0 (0.0–0.0) | 3 (3–3) |")
                .contains("| 0 | 6 | 100 | 0.000 |").contains("| 6 to 20 | 6 | 0 | 2.000 |")
                .contains("| more than 20 | 0 | – | – |");
    }

    @Test
    void whatAReaderMustKnowIsBelowTheTables() {
        var slow = new ServedRun(Question.WELFARE, "vtc", 2, 1, "2026-11-27T10:00:00Z", Map.of(), Map.of(),
                List.of(), List.of("the harness was the bottleneck"));
        assertThat(new ServedReport(PLAN, List.of(slow)).markdown())
                .endsWith("- WELFARE x2, seed 1, vtc: the harness was the bottleneck\n");
    }

    @Test
    void thePictureIsXmlWithALineForEachPolicyInBothPanels() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(report().picture().getBytes(StandardCharsets.UTF_8)));
        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(4);
        assertThat(svg.getElementsByTagName("circle").getLength()).as("medians; one point is missing, twice")
                .isEqualTo(6);
        assertThat(svg.getDocumentElement().getTextContent()).contains("15 s", "100 %", "×4", "none",
                "first come, first served");
    }
}
