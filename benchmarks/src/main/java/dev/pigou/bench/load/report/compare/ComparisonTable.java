package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.text.Paragraph;
import dev.pigou.bench.load.report.text.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A comparison on a terminal: ratios, what they are worth, and the verdict last, where the eye is when it is done. */
public final class ComparisonTable {
    private ComparisonTable() {}

    public static String of(Comparison comparison) {
        List<String> lines = new ArrayList<>(
                List.of("", "A  " + described(comparison.a()), "B  " + described(comparison.b()), ""));
        var table = new TextTable().row("", "A", "B", "B/A", "95 % confidence", "B is");
        comparison.findings()
                .forEach(finding -> table.row(finding.measure().name(), Quantity.of(finding.a()),
                        Quantity.of(finding.b()), Quantity.ratio(finding.ratio()), interval(finding),
                        finding.verdict().words()));
        lines.addAll(table.render());
        notes(comparison).forEach(note -> {
            lines.add("");
            lines.addAll(Paragraph.wrap("", note));
        });
        lines.add("");
        lines.addAll(Paragraph.wrap("", verdict(comparison)));
        lines.add("");
        return String.join(System.lineSeparator(), lines);
    }

    private static String described(ServerRuns server) {
        int runs = server.runs().size();
        return server.label() + ", " + server.runs().getFirst().model() + ", "
                + (runs == 1 ? "1 run" : runs + " runs") + " from " + server.runs().getFirst().started();
    }

    private static String interval(Finding finding) {
        return Double.isNaN(finding.low())
                ? "-"
                : String.format(Locale.ROOT, "%.3f..%.3f", finding.low(), finding.high());
    }

    private static List<String> notes(Comparison comparison) {
        List<String> notes = new ArrayList<>();
        notes.add((comparison.repeated()
                ? "Intervals by bootstrap over runs."
                : "Intervals by bootstrap over blocks of neighbouring requests.")
                + " Each holds for its own line; 'better' and 'worse' hold for all lines together, with at most a 5 % "
                + "chance that any is false (Holm).");
        if (!comparison.repeated()) {
            notes.add("!! " + repeatsOf(comparison)
                    + " cannot tell a change from a bad hour: the machine may have "
                    + "been busier during one of them. Repeat both with --repeat " + Bootstrap.FEWEST_REPEATS
                    + " or more, interleaved.");
        }
        if (seeds(comparison).size() > 1) {
            notes.add("Seeds differ, so the two were sent different draws of the same workload.");
        }
        if (!comparison.goodput().isEmpty()) {
            notes.add("Goodput: requests that met all of " + comparison.goodput() + " (ms).");
        }
        return notes;
    }

    private static String repeatsOf(Comparison comparison) {
        return comparison.a().runs().size() == 1 && comparison.b().runs().size() == 1
                ? "One run each"
                : "Fewer than " + Bootstrap.FEWEST_REPEATS + " runs of either";
    }

    private static Set<String> seeds(Comparison comparison) {
        return List.of(comparison.a(), comparison.b()).stream()
                .map(server -> server.runs().stream().map(run -> String.valueOf(run.settings().get("seed")))
                        .sorted().collect(Collectors.joining(",")))
                .collect(Collectors.toSet());
    }

    private static String verdict(Comparison comparison) {
        return "Verdict: " + switch (comparison.verdict()) {
            case FASTER -> "B is faster (" + names(comparison, Finding.Verdict.BETTER) + ").";
            case SLOWER -> "B is slower (" + names(comparison, Finding.Verdict.WORSE) + ").";
            case MIXED -> "mixed. B is better in " + names(comparison, Finding.Verdict.BETTER)
                    + " and worse in " + names(comparison, Finding.Verdict.WORSE) + ".";
            case NO_DIFFERENCE_SHOWN ->
                "no difference shown. That is not the same as equal: see how wide the intervals are.";
            case INCOMPARABLE -> "incomparable: " + String.join("; ", comparison.obstacles()) + ".";
        };
    }

    private static String names(Comparison comparison, Finding.Verdict verdict) {
        return comparison.findings().stream().filter(finding -> finding.verdict() == verdict)
                .map(finding -> finding.measure().name().replaceFirst(", .*", ""))
                .collect(Collectors.joining(", "));
    }
}
