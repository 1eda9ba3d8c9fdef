package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.RunFixture;
import dev.pigou.bench.load.result.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

final class HtmlReportTest {
    private static final String HOSTILE = "</script><img src=x onerror=\"alert('1')\">&{{charts}}\u2028";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void nothingThatAServerOrATenantSaysBecomesMarkup() {
        String html = HtmlReport.of(hostile());
        assertThat(html).doesNotContain("<img").contains("&lt;/script&gt;&lt;img",
                "reset &lt;/script&gt; by");
        assertThat(html.split("</script>", -1)).as("three scripts and no other end of one").hasSize(4);
        assertThat(html).contains("onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;{{charts}}");
    }

    @Test
    void chartsAreJsonThatGivesBackTheNames() {
        JsonNode charts = charts(HtmlReport.of(hostile()));
        assertThat(charts.get("servers").get(0).stringValue()).isEqualTo(HOSTILE);
        assertThat(charts.get("curves")).hasSize(4);
        assertThat(charts.get("timelines")).hasSize(2);
        assertThat(charts.get("prices").get(0).get("name").stringValue())
                .isEqualTo("kv_micros_per_block_second");
    }

    @Test
    void thePageLoadsNothing() throws IOException {
        Path file = folder.resolve("report.html");
        HtmlReport.write(file, hostile());
        String html = Files.readString(file);
        var loads = Pattern.compile(
                "\\b(src|href|action)\\s*=\\s*[\"'a-z]|url\\(|@import|\\bfetch\\(|XMLHttpRequest",
                Pattern.CASE_INSENSITIVE);
        assertThat(html.replace(Markup.escape(HOSTILE), "").lines()
                .filter(line -> !line.startsWith("<script type=\"application/json\""))
                .filter(line -> loads.matcher(line).find())).isEmpty();
        assertThat(html).contains("default-src 'none'");
    }

    @Test
    void aCurveStandsAtItsPercentiles() {
        RunResult run = RunFixture.of("a").requests(1000).run(1);
        JsonNode ttft = charts(HtmlReport.of(experiment(List.of(run)))).get("curves").get(0);
        double median = Distribution.of(Metric.TTFT, run.requests()).percentileMillis(50);
        int at = 0;
        while (ttft.get("x").get(at).asDouble() < Math.log10(2)) {
            at++;
        }
        assertThat(median).isBetween(ttft.get("series").get(0).get(at - 1).asDouble() * 0.999,
                ttft.get("series").get(0).get(at).asDouble() * 1.001);
    }

    @Test
    void aLongRunMakesNoLongPage() {
        List<RunResult> runs = List.of(RunFixture.of("a").requests(20_000).tenants("x", "y").run(1));
        assertThat(HtmlReport.of(experiment(runs)).length()).isLessThan(300_000);
    }

    @Test
    void aRunThatBroughtNothingStillMakesAPage() {
        RunResult run = RunFixture.of("a").requests(5).run(1);
        var nothing = new RunResult("a", "u", "m", run.started(), 0, true, Map.of(), List.of(), List.of(),
                run.health(), Optional.of("connection refused"));
        assertThat(HtmlReport.of(experiment(List.of(nothing)))).contains("BROKEN OFF (a)", "CLOSED LOOP");
    }

    private static Experiment hostile() {
        List<RunResult> runs = new ArrayList<>(
                RunFixture.of(HOSTILE).failing(0.2).tenants(HOSTILE, "y").repeats(1, 2));
        runs.addAll(RunFixture.of("b").repeats(2, 2));
        return new Experiment(runs, Goodput.parse(List.of("ttft:100")), Map.of(HOSTILE, HOSTILE), HOSTILE,
                HOSTILE);
    }

    private static Experiment experiment(List<RunResult> runs) {
        return new Experiment(runs, Goodput.NONE, Map.of(), "", "");
    }

    private static JsonNode charts(String html) {
        String start = "<script type=\"application/json\" id=\"charts\">";
        int from = html.indexOf(start) + start.length();
        return JsonMapper.shared().readTree(html.substring(from, html.indexOf("</script>", from)));
    }
}
