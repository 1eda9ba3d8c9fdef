package dev.pigou.bench.cli;

import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.report.compare.Comparison;
import dev.pigou.bench.load.report.compare.ComparisonTable;
import dev.pigou.bench.load.report.file.ResultFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pigou bench compare}: whether B is faster than A, and how sure that is. */
@Command(name = "compare", description = {"Compare two results: is B faster than A, and how sure is that?",
        "One file with several servers compares each of them with the first. Two files compare the servers of the same "
                + "label, or the only server of each."}, mixinStandardHelpOptions = true, sortOptions = false, footer = {
                        "",
                        "Exit code: 0 if they were compared, whatever the verdict; 1 if a file cannot be used; 2 if "
                                + "a flag cannot; 3 as --fail-on-regression says."})
final class CompareCommand implements Callable<Integer> {
    private static final int REGRESSED = 3;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..2", description = "Results written by --result-filename: A, then B.")
    private List<Path> files = List.of();

    @Option(names = "--fail-on-regression", paramLabel = "PERCENT", description = ""
            + "Exit with 3 if B is shown to be worse in anything by at least this much, or cannot be compared.")
    private @Nullable Double failOnRegression;

    @Option(names = "--goodput", paramLabel = "NAME:MS", description = ""
            + "Objectives to judge both by, such as 'ttft:200 tpot:50'. Default: those of A.")
    private List<String> goodput = List.of();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = ""
            + "Of the bootstrap. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        Optional<Goodput> objectives = Flag.orUsage(line, this::objectives);
        PrintWriter out = line.getOut();
        boolean failed = false;
        for (Comparison comparison : comparisons(objectives)) {
            out.print(ComparisonTable.of(comparison));
            failed |= failOnRegression != null && regressed(comparison, failOnRegression, out);
        }
        out.flush();
        return failed ? REGRESSED : 0;
    }

    private static boolean regressed(Comparison comparison, double percent, PrintWriter out) {
        if (comparison.verdict() == Comparison.Verdict.INCOMPARABLE) {
            out.println("Failed: the two cannot be compared.");
            return true;
        }
        List<String> worse = comparison.regressions(percent);
        if (!worse.isEmpty()) {
            out.println("Failed: worse by " + percent + " % or more in " + String.join("; ", worse) + ".");
        }
        return !worse.isEmpty();
    }

    private Optional<Goodput> objectives() {
        Flag.require(failOnRegression == null || failOnRegression >= 0, "--fail-on-regression",
                String.valueOf(failOnRegression), "a percentage from 0");
        return goodput.isEmpty() ? Optional.empty() : Optional.of(Goodput.parse(goodput));
    }

    private List<Comparison> comparisons(Optional<Goodput> asked) {
        List<Experiment> experiments = files.stream().map(ResultFile::read).toList();
        Goodput objectives = asked.orElseGet(() -> experiments.getFirst().goodput());
        List<ServerRuns> first = ServerRuns.of(experiments.getFirst(), objectives);
        List<Comparison> comparisons = new ArrayList<>();
        if (experiments.size() == 1) {
            if (first.size() < 2) {
                throw new IllegalArgumentException(
                        files.getFirst() + " has only one server; name a second file to compare it with");
            }
            first.subList(1, first.size()).forEach(
                    other -> comparisons.add(Comparison.of(first.getFirst(), other, objectives, seed)));
            return comparisons;
        }
        List<ServerRuns> second = ServerRuns.of(experiments.getLast(), objectives);
        if (first.size() == 1 && second.size() == 1) {
            return List.of(Comparison.of(first.getFirst(), second.getFirst(), objectives, seed));
        }
        for (ServerRuns a : first) {
            second.stream().filter(b -> b.label().equals(a.label()))
                    .forEach(b -> comparisons.add(Comparison.of(a, b, objectives, seed)));
        }
        if (comparisons.isEmpty()) {
            throw new IllegalArgumentException("no server is in both files: " + files.getFirst() + " has "
                    + labels(first) + ", " + files.getLast() + " has " + labels(second));
        }
        return comparisons;
    }

    private static String labels(List<ServerRuns> servers) {
        return servers.stream().map(ServerRuns::label).collect(Collectors.joining(", "));
    }
}
