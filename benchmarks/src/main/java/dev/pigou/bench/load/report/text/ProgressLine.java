package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.report.Quantity;
import dev.pigou.bench.load.result.RunProgress;
import java.io.PrintWriter;

/**
 * Says how far a run is: one line that is written over on a terminal, a line every ten seconds elsewhere. Not thread-safe;
 * whoever drives the run feeds it.
 */
public final class ProgressLine {
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final PrintWriter out;
    private final boolean terminal;
    private final String label;
    private long nextNanos;
    private int lastLength;

    /**
     * Says nothing yet.
     *
     * @param terminal lines may be written over
     * @param label of the run, such as the server's name
     */
    public ProgressLine(PrintWriter out, boolean terminal, String label) {
        this.out = out;
        this.terminal = terminal;
        this.label = label;
    }

    public void update(RunProgress progress) {
        if (terminal) {
            String line = line(progress);
            out.print("\r" + line + " ".repeat(Math.max(0, lastLength - line.length())));
            out.flush();
            lastLength = line.length();
        } else if (progress.elapsedNanos() >= nextNanos) {
            nextNanos = progress.elapsedNanos() + QUIET_NANOS;
            out.println(line(progress));
        }
    }

    /** The run has ended: its last state is shown whole, and what is said next begins a line of its own. */
    public void finish(RunProgress last) {
        if (terminal) {
            update(last);
            out.println();
        } else {
            out.println(line(last));
        }
        out.flush();
    }

    private String line(RunProgress progress) {
        String failed = progress.failed() == 0 ? "" : ", " + Quantity.of(progress.failed()) + " failed";
        String ttft = progress.ttftP99Nanos() == 0
                ? ""
                : ", TTFT p99 " + Quantity.of(progress.ttftP99Nanos() / 1e6) + " ms";
        return label + " " + progress.elapsedNanos() / 1_000_000_000 + " s: " + Quantity.of(progress.done())
                + "/" + Quantity.of(progress.planned()) + " done, " + Quantity.of(progress.inFlight())
                + " in flight, " + Quantity.of(Math.rint(progress.tokensPerSecond())) + " tokens/s" + ttft
                + failed;
    }
}
