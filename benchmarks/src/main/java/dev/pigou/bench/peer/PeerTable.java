package dev.pigou.bench.peer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everybody's figures as one Markdown table: a row for each scenario and server, medians over the repeats. The best of each
 * scenario is bold; where another one is better than we are, our figure says so, and by how much.
 */
public final class PeerTable {
    /** The label of our server. */
    public static final String OURS = "pigou";

    /** A column, and which end of it is good. */
    private record Column(String title, String key, int digits, boolean highIsGood) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("output tokens/s", "output_throughput", 1, true),
            new Column("requests/s", "request_throughput", 2, true),
            new Column("TTFT p50 ms", "median_ttft_ms", 0, false),
            new Column("TTFT p99 ms", "p99_ttft_ms", 0, false),
            new Column("TPOT p50 ms", "median_tpot_ms", 1, false));

    private final Map<String, List<PeerRun>> runsByLabel;

    private PeerTable(List<PeerRun> runs) {
        runsByLabel = runs.stream()
                .collect(Collectors.groupingBy(PeerRun::label, LinkedHashMap::new, Collectors.toList()));
    }

    /**
     * The table.
     *
     * @param files results, named {@code SCENARIO.json} or {@code SCENARIO.SERVER.json}; a scenario's files come one after
     *     the other
     * @throws IllegalArgumentException if one of them cannot be used
     */
    public static String of(List<Path> files) {
        Map<String, List<Path>> scenarios = files.stream()
                .collect(Collectors.groupingBy(PeerTable::scenario, LinkedHashMap::new, Collectors.toList()));
        StringBuilder table = new StringBuilder("| scenario | server | runs |");
        COLUMNS.forEach(column -> table.append(' ').append(column.title()).append(" |"));
        table.append(" failed |\n|---|---|---:|").append("---:|".repeat(COLUMNS.size() + 1)).append('\n');
        scenarios.forEach((scenario,
                paths) -> new PeerTable(paths.stream().flatMap(path -> PeerRun.read(path).stream()).toList())
                        .appendRows(scenario, table));
        return table.toString();
    }

    private static String scenario(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\..*", "");
    }

    private void appendRows(String scenario, StringBuilder table) {
        for (String label : runsByLabel.keySet()) {
            table.append("| ").append(scenario).append(" | ").append(label).append(" | ")
                    .append(runs(label).size()).append(" |");
            for (Column column : COLUMNS) {
                table.append(' ').append(cell(label, column)).append(" |");
            }
            table.append(' ').append(failures(label)).append(" |\n");
        }
    }

    private String cell(String label, Column column) {
        double value = median(label, column.key());
        if (Double.isNaN(value)) {
            return "–";
        }
        String text = String.format(Locale.ROOT, "%." + column.digits() + "f", value);
        double best = best(column);
        if (value == best) {
            return "**" + text + "**";
        }
        return label.equals(OURS) ? String.format(Locale.ROOT, "%s ▼ %.2f×", text, value / best) : text;
    }

    private double best(Column column) {
        var medians = runsByLabel.keySet().stream().mapToDouble(label -> median(label, column.key()))
                .filter(value -> !Double.isNaN(value));
        return (column.highIsGood() ? medians.max() : medians.min()).orElse(Double.NaN);
    }

    private double median(String label, String key) {
        double[] values = runs(label).stream().mapToDouble(run -> run.figure(key))
                .filter(value -> !Double.isNaN(value)).sorted().toArray();
        return values.length == 0
                ? Double.NaN
                : (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }

    /** Of all runs together, for one failure in one run must not vanish in a median. */
    private String failures(String label) {
        double[] failed = runs(label).stream().mapToDouble(run -> run.figure("failed")).toArray();
        double sent = runs(label).stream().mapToDouble(run -> run.figure("completed")).sum()
                + Arrays.stream(failed).sum();
        return String.format(Locale.ROOT, "%.0f of %.0f", Arrays.stream(failed).sum(), sent);
    }

    private List<PeerRun> runs(String label) { return runsByLabel.getOrDefault(label, List.of()); }
}
