package dev.pigou.bench.cli;

import dev.pigou.bench.load.RunObserver;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.report.text.ProgressLine;
import dev.pigou.bench.load.result.RunProgress;
import dev.pigou.bench.load.result.RunResult;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A live line for each run. Told of progress by one thread and of beginning and end by another, one after the other. */
final class RunProgressLines implements RunObserver {
    private final PrintWriter err;
    private final boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal)
            .orElse(false);
    private @Nullable ProgressLine line;
    private @Nullable RunProgress last;

    RunProgressLines(PrintWriter err) { this.err = err; }

    @Override
    public synchronized void begins(Target target, int number, int runs) {
        line = new ProgressLine(err, terminal,
                runs == 1 ? target.label() : "[" + number + "/" + runs + "] " + target.label());
        last = null;
    }

    @Override
    public synchronized void progress(Target target, RunProgress progress) {
        if (line != null) {
            last = progress;
            line.update(progress);
        }
    }

    @Override
    public synchronized void ended(RunResult result) {
        if (line != null && last != null) {
            line.finish(last);
        }
        line = null;
    }
}
