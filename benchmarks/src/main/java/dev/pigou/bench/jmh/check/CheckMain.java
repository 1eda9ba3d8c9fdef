package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Comparison;
import dev.pigou.bench.jmh.regression.Expected;
import dev.pigou.bench.jmh.regression.Measured;
import dev.pigou.bench.jmh.regression.RegressionCheck;
import dev.pigou.bench.jmh.regression.RegressionCheck.Outcome;
import dev.pigou.bench.jmh.regression.Tolerance;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./pigou jmh check}: has anything become dearer? */
@Command(name = "pigou jmh check", description = {
        "Run the microbenchmarks and compare them with the baseline. Exit status 1 if one became dearer.",
        "Times are compared as ratios to a calibration kernel that runs beside each iteration."}, mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = true)
public final class CheckMain implements Callable<Integer> {
    /** Minutes each: whole models, in PyTorch. */
    private static final List<String> SLOW = List.of("\\.EngineStepBenchmark\\.");
    private static final Path BASELINE = Path.of("benchmarks", "jmh-baseline.json");

    private static final int CHECK_FORKS = 3;
    private static final int UPDATE_FORKS = 5;

    private final PrintWriter out;
    private final PrintWriter err;
    private final List<String> forkArguments;

    @Parameters(paramLabel = "REGEX", arity = "0..1", description = "Only benchmarks whose class or method it is found in.")
    private @Nullable String regex;

    @ArgGroup
    private final Writing writing = new Writing();

    @Option(names = "--forks", paramLabel = "N", showDefaultValue = CommandLine.Help.Visibility.NEVER, description = "Processes for each benchmark; suspects get up to four times as many more. Default: 3, to write a baseline 5.")
    private @Nullable Integer forks;

    @Option(names = "--quick", description = "Leave out the steps of whole models: a few minutes.")
    private boolean quick;

    @Option(names = "--tolerance", paramLabel = "SHARE", defaultValue = "0.1", description = "By which time may grow.")
    private double tolerance;

    @Option(names = "--strict", description = "Let times decide on another machine or JDK than the baseline's too.")
    private boolean strict;

    @Option(names = "--baseline", paramLabel = "FILE", showDefaultValue = CommandLine.Help.Visibility.NEVER, description = "Default: benchmarks/jmh-baseline.json in the source tree.")
    private @Nullable Path baseline;

    /** What becomes of the baseline, if it is not compared with. */
    private static final class Writing {
        @Option(names = "--update", description = "Write what was measured into the baseline instead.")
        private boolean update;

        @Option(names = "--add", description = "Add what was measured to the baseline, as a further sitting with the same code.")
        private boolean add;
    }

    CheckMain(PrintWriter out, PrintWriter err, List<String> forkArguments) {
        this.out = out;
        this.err = err;
        this.forkArguments = forkArguments;
    }

    /** Runs one command line to its end and returns the exit code: 0, 1 for regressions and failures, 2 for usage. */
    public static int run(String... arguments) {
        return new CheckMain(new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8), List.of()).execute(arguments);
    }

    int execute(String... arguments) {
        return new CommandLine(this).setOut(out).setErr(err).setExecutionExceptionHandler((failure, _, _) -> {
            if (failure instanceof IllegalArgumentException) {
                err.println("pigou: " + failure.getMessage());
                return ExitCode.SOFTWARE;
            }
            throw failure;
        }).execute(arguments);
    }

    @Override
    public Integer call() {
        warnIfBusy();
        var file = new BaselineFile(baseline != null ? baseline : home().resolve(BASELINE));
        var measurements = new JmhMeasurements(
                new JmhMeasurements.Suite(pattern().pattern(), quick ? SLOW : List.of(), forkArguments),
                new Progress(err));
        if (writing.add) {
            return add(file, measurements, forks(UPDATE_FORKS));
        }
        return writing.update
                ? update(file, measurements, forks(UPDATE_FORKS))
                : check(file, measurements, forks(CHECK_FORKS));
    }

    /** The calibration cancels what neighbours do to the processor, not that the compiler is late. */
    private void warnIfBusy() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        int cores = Runtime.getRuntime().availableProcessors();
        if (load > cores / 2.0) {
            err.printf(Locale.ROOT,
                    "BUSY: the load average is %.1f on %d cores; times will be uncertain. Better wait.%n",
                    load, cores);
        }
    }

    private int forks(int otherwise) {
        int count = forks == null ? otherwise : forks;
        if (count < 2) {
            throw new IllegalArgumentException(
                    "--forks must be at least 2, or nothing tells how forks differ, but is " + count);
        }
        return count;
    }

    private static Path home() { return Path.of(System.getProperty("pigou.home", "")); }

    private Pattern pattern() {
        try {
            return Pattern.compile(regex == null ? ".*" : regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + regex + "' is not a regular expression: "
                    + e.getDescription() + " at character " + e.getIndex(), e);
        }
    }

    /** Whether all there is runs, so that what does not run is no more. */
    private boolean isWhole() {
        return regex == null && !quick;
    }

    private int update(BaselineFile file, JmhMeasurements measurements, int count) {
        Machine here = Machine.here();
        Baseline kept = isWhole() || !file.exists()
                ? new Baseline(here, "", List.of())
                : file.read().requireTakenOn(here);
        List<Measured> measured = measurements.suite(count);
        return write(file, kept.with(measured.stream().map(Expected::of).toList(), today()), measured);
    }

    private int add(BaselineFile file, JmhMeasurements measurements, int count) {
        Baseline before = file.read().requireTakenOn(Machine.here());
        List<Measured> measured = measurements.suite(count);
        return write(file, before.withSitting(measured, today()), measured);
    }

    private static String today() { return LocalDate.now(ZoneOffset.UTC).toString(); }

    private int write(BaselineFile file, Baseline written, List<Measured> measured) {
        file.write(written);
        new CheckReport(out, true).print(measured);
        out.println("Wrote " + measured.size() + " benchmarks to " + file.path() + ".");
        return ExitCode.OK;
    }

    private int check(BaselineFile file, JmhMeasurements measurements, int count) {
        Baseline before = file.read();
        Machine here = Machine.here();
        boolean same = before.machine().equals(here);
        if (!same) {
            out.println("ANOTHER MACHINE: the baseline was taken on " + before.machine() + "; this is " + here
                    + ". " + (strict ? "Times decide all the same." : "Times are shown; only bytes decide."));
        }
        boolean timeDecides = same || strict;
        Outcome outcome = new RegressionCheck(measurements, new Tolerance(tolerance), count, timeDecides)
                .against(before.benchmarks());
        new CheckReport(out, timeDecides).print(isWhole() ? outcome : outcome.withoutMissing());
        return outcome.comparisons().stream()
                .anyMatch((Comparison comparison) -> comparison.isRegression(timeDecides))
                        ? ExitCode.SOFTWARE
                        : ExitCode.OK;
    }
}
