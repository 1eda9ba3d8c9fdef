package dev.pigou.bench.jmh.check;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/**
 * In place of JMH's pages of output, one line that says what runs. What JMH and its forks wrote is kept, to be shown if
 * something fails.
 */
final class Progress implements OutputFormat {
    private static final int KEPT_CHARACTERS = 8_000;
    private static final int COLUMNS = 100;

    private final PrintWriter out;
    private final boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal)
            .orElse(false);
    private final StringBuilder said = new StringBuilder();
    private String stage = "";

    Progress(PrintWriter out) { this.out = out; }

    /** What the benchmarks to come are run for. */
    void stage(String name) {
        stage = name;
        if (!terminal) {
            out.println(name);
            out.flush();
        }
    }

    /** The end of what JMH and its forks wrote since the last success. */
    String said() {
        return said.toString();
    }

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {
        show(stage + ": " + BenchmarkName.of(benchmark));
    }

    @Override
    public void endBenchmark(BenchmarkResult result) { said.setLength(0); }

    @Override
    public void endRun(Collection<RunResult> results) { show(""); }

    private void show(String line) {
        if (terminal) {
            String cut = line.substring(0, Math.min(line.length(), COLUMNS));
            out.print("\r" + cut + " ".repeat(COLUMNS - cut.length()) + "\r");
            out.flush();
        }
    }

    @Override
    public void print(String text) {
        said.append(text);
        if (said.length() > 2 * KEPT_CHARACTERS) {
            said.delete(0, said.length() - KEPT_CHARACTERS);
        }
    }

    @Override
    public void println(String line) { print(line + "\n"); }

    @Override
    public void verbosePrintln(String line) {
        // not even kept
    }

    @Override
    public void write(int character) { print(String.valueOf((char) character)); }

    @Override
    public void write(byte[] text) throws IOException { print(new String(text, StandardCharsets.UTF_8)); }

    @Override
    public void startRun() {
        // the stage says enough
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams iteration, int number) {
        // too fine
    }

    @Override
    public void iterationResult(BenchmarkParams benchmark, IterationParams iteration, int number,
            IterationResult result) {
        // too fine
    }

    @Override
    public void flush() { out.flush(); }

    @Override
    public void close() {
        // the writer is not ours
    }
}
