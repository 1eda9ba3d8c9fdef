package dev.pigou.bench.load.report.html;

import dev.pigou.bench.load.report.Distribution;
import dev.pigou.bench.load.report.Metric;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.Timeline;
import dev.pigou.bench.load.result.PriceSample;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the charts draw, thinned out to some hundred points a line however long the run was. Percentiles are those of all
 * requests of a server together; what goes over time is its typical run.
 *
 * @param servers their labels; series are in this order
 */
record ChartSeries(List<String> servers, List<Curve> curves, List<Course> timelines, List<Price> prices) {
    private static final int CURVE_POINTS = 160;
    private static final int MOST_PRICE_POINTS = 400;
    private static final MathContext SHOWN = new MathContext(4);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    /** Latency by percentile p, with x = log10(1 / (1 - p)): each further nine takes as much room as the one before. */
    record Curve(String metric, List<@Nullable Double> x, List<List<@Nullable Double>> series) {}

    /** A server's typical run over time. */
    record Course(List<@Nullable Double> x, List<@Nullable Double> inFlight,
            List<@Nullable Double> tokensPerSecond, List<@Nullable Double> ttftP50,
            List<@Nullable Double> ttftP99, List<@Nullable Double> errorsPerSecond) {}

    /** One of the prices that servers publish. */
    record Price(String name, List<PriceLine> lines) {}

    record PriceLine(int server, List<@Nullable Double> x, List<@Nullable Double> y) {}

    static ChartSeries of(List<ServerRuns> servers) {
        return new ChartSeries(servers.stream().map(ServerRuns::label).toList(),
                Arrays.stream(Metric.values()).map(metric -> curve(metric, servers)).toList(),
                servers.stream().map(server -> course(typical(server))).toList(), prices(servers));
    }

    /** Safe inside of a script element: no character in it can end one. */
    String json() {
        return MAPPER.writeValueAsString(this).replace("<", "\\u003c").replace(">", "\\u003e")
                .replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static RunResult typical(ServerRuns server) { return server.runs().get(server.typicalRun()); }

    private static Curve curve(Metric metric, List<ServerRuns> servers) {
        List<Distribution> latencies = servers.stream().map(server -> {
            List<RequestRecord> requests = server.runs().stream().map(RunResult::requests)
                    .flatMap(List::stream).toList();
            return Distribution.of(metric, requests);
        }).toList();
        double nines = Math.log10(latencies.stream().mapToDouble(Distribution::count).max().orElse(1));
        double[] x = IntStream.rangeClosed(0, CURVE_POINTS)
                .mapToDouble(i -> i * Math.max(1, nines) / CURVE_POINTS).toArray();
        return new Curve(metric.name().toLowerCase(Locale.ROOT), shown(x), latencies.stream()
                .map(latency -> shown(Arrays.stream(x).map(each -> at(latency, each)).toArray())).toList());
    }

    /** There is nothing beyond the percentile that one request alone makes. */
    private static double at(Distribution latency, double x) {
        double beyond = Math.pow(10, -x);
        return beyond * latency.count() < 1 - 1e-6
                ? Double.NaN
                : latency.percentileMillis(100 * (1 - beyond));
    }

    private static Course course(RunResult run) {
        Timeline timeline = Timeline.of(run);
        double[] x = IntStream.range(0, timeline.inFlight().length)
                .mapToDouble(i -> i * timeline.stepSeconds()).toArray();
        return new Course(shown(x), shown(timeline.inFlight()), shown(timeline.tokensPerSecond()),
                shown(timeline.ttftP50Millis()), shown(timeline.ttftP99Millis()),
                shown(timeline.errorsPerSecond()));
    }

    private static List<Price> prices(List<ServerRuns> servers) {
        var names = new TreeSet<String>();
        servers.forEach(
                server -> typical(server).prices().forEach(sample -> names.addAll(sample.prices().keySet())));
        List<Price> prices = new ArrayList<>();
        for (String name : names) {
            List<PriceLine> lines = IntStream.range(0, servers.size())
                    .mapToObj(server -> line(name, server, typical(servers.get(server)).prices()))
                    .filter(line -> !line.x().isEmpty()).toList();
            prices.add(new Price(name, lines));
        }
        return prices;
    }

    private static PriceLine line(String name, int server, List<PriceSample> samples) {
        List<PriceSample> having = samples.stream().filter(sample -> sample.prices().containsKey(name))
                .toList();
        int stride = having.size() / MOST_PRICE_POINTS + 1;
        List<PriceSample> kept = IntStream.range(0, having.size()).filter(i -> i % stride == 0)
                .mapToObj(having::get).toList();
        return new PriceLine(server,
                shown(kept.stream().mapToDouble(sample -> sample.nanos() / 1e9).toArray()),
                shown(kept.stream().mapToDouble(sample -> sample.prices().getOrDefault(name, Double.NaN))
                        .toArray()));
    }

    /** Four digits, which is more than a pixel shows; null where there is no figure. */
    private static List<@Nullable Double> shown(double[] values) {
        List<@Nullable Double> shown = new ArrayList<>(values.length);
        for (double value : values) {
            shown.add(Double.isFinite(value) ? new BigDecimal(value).round(SHOWN).doubleValue() : null);
        }
        return shown;
    }
}
