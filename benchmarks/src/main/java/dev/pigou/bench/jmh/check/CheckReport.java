package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Comparison;
import dev.pigou.bench.jmh.regression.Comparison.Speed;
import dev.pigou.bench.jmh.regression.Interval;
import dev.pigou.bench.jmh.regression.Measured;
import dev.pigou.bench.jmh.regression.RegressionCheck.Outcome;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Says what a check found: a table of everything, then what is worth saying about it, culprits last. */
record CheckReport(PrintWriter out, boolean timeDecides) {
    private static final String ROW = "%-62s %12s %10s  %s%n";

    void print(Outcome outcome) {
        out.printf(ROW, "benchmark", "ns/op", "B/op", "time / baseline's, interval; fastest fork's");
        outcome.comparisons().forEach(this::row);
        outcome.fresh().forEach(fresh -> row(fresh, "new"));
        out.println();
        for (String missing : outcome.missing()) {
            out.println("missing: " + missing + " is in the baseline and was not found; --update removes it");
        }
        for (Measured fresh : outcome.fresh()) {
            out.println("new: " + fresh.benchmark() + " is not in the baseline; --update adds it");
        }
        for (Comparison comparison : outcome.comparisons()) {
            remark(comparison);
        }
        verdict(outcome.comparisons());
    }

    /** A table of what was measured, without any comparison. */
    void print(List<Measured> measured) {
        out.printf(ROW, "benchmark", "ns/op", "B/op", "ratio to the calibration kernel");
        measured.forEach(each -> row(each, String.format(Locale.ROOT, "%.4g", each.ratio())));
    }

    private void row(Comparison comparison) {
        row(comparison.now(), factors(comparison)
                + (comparison.speed() == Speed.UNCHANGED ? "" : " " + label(comparison.speed())));
    }

    private void row(Measured now, String time) {
        out.printf(Locale.ROOT, ROW, now.benchmark(), String.format(Locale.ROOT, "%.1f", now.nanos()),
                String.format(Locale.ROOT, "%.1f", now.bytes()), time);
    }

    private static String label(Speed speed) {
        return speed.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String factors(Comparison comparison) {
        Interval slowdown = comparison.slowdown();
        return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]; %.2f", slowdown.estimate(), slowdown.low(),
                slowdown.high(), comparison.fastest());
    }

    private void remark(Comparison comparison) {
        String factor = factors(comparison);
        switch (comparison.speed()) {
            case FASTER -> out.println("faster: " + comparison.benchmark() + " takes " + factor
                    + " of its time before; keep it with --update");
            case PERHAPS_SLOWER -> out.println("perhaps slower: " + comparison.benchmark() + " takes "
                    + factor + " of its time before, which may be noise; try --forks 6");
            case SLOWER -> {
                if (!timeDecides) {
                    out.println("slower on another machine: " + comparison.benchmark() + " " + factor);
                }
            }
            case UNCHANGED -> {
                // the table says so
            }
        }
    }

    private void verdict(List<Comparison> comparisons) {
        List<Comparison> culprits = comparisons.stream().filter(each -> each.isRegression(timeDecides))
                .toList();
        for (Comparison culprit : culprits) {
            if (culprit.speed() == Speed.SLOWER && timeDecides) {
                out.printf(Locale.ROOT,
                        "SLOWER: %s takes %s of its time before (ratio to the kernel %.4g, now %.4g)%n",
                        culprit.benchmark(), factors(culprit), culprit.before().ratio(),
                        culprit.now().ratio());
            }
            if (culprit.allocatesMore()) {
                out.printf(Locale.ROOT, "ALLOCATES MORE: %s: %.1f bytes an operation before, %.1f now%n",
                        culprit.benchmark(), culprit.before().bytes(), culprit.now().bytes());
            }
        }
        out.println(culprits.isEmpty()
                ? "No regression in " + comparisons.size() + " benchmarks."
                : culprits.size() + " of " + comparisons.size() + " benchmarks regressed.");
    }
}
