package dev.pigou.engine.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** Says how far a long job is: one line that grows on a terminal, a line every quarter elsewhere. */
final class ProgressLine {
    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final String label;
    private final boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal)
            .orElse(false);
    private int lastStep = -1;

    ProgressLine(PrintWriter out, String label) {
        this.out = out;
        this.label = label;
    }

    /** @param share done, in [0, 1] */
    void update(double share) {
        int step = (int) (share * (terminal ? 100 : 4));
        if (step == lastStep) {
            return;
        }
        lastStep = step;
        int percent = (int) Math.round(100 * share);
        if (terminal) {
            int bar = (int) Math.round(WIDTH * share);
            out.printf(Locale.ROOT, "\r%s [%s%s] %3d %%%s", label, "#".repeat(bar), "-".repeat(WIDTH - bar),
                    percent, share >= 1 ? "\n" : "");
        } else {
            out.printf(Locale.ROOT, "%s %d %%%n", label, percent);
        }
        out.flush();
    }

    /** The job has failed: what is said next begins a line of its own. */
    void breakOff() {
        if (terminal && lastStep >= 0 && lastStep < 100) {
            out.println();
        }
    }
}
